"""Files of pictures as bytes: what is mended, told and rewritten before and after the image library has them."""
