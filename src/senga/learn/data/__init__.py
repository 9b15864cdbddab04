"""What training sees: the cache of pictures, lines and regions, and samples made from it."""
