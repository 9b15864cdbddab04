"""LZF, the packing of Krita's tiles.

Source: the format of Marc Lehmann's LibLZF.
"""


def unpack(data: bytes, size: int) -> bytes:
    """`size` bytes of packed ones.

    Raises:
        ValueError: broken: more or fewer come out, or it refers to what is not there.
    """
    out = bytearray()
    at, end = 0, len(data)
    while at < end:
        control = data[at]
        at += 1
        if control < 32:  # so many bytes as they are, and one
            out += data[at : at + control + 1]
            at += control + 1
        else:  # a piece of what came out already
            length = control >> 5
            if length == 7:
                if at >= end:
                    break
                length += data[at]
                at += 1
            if at >= end:
                break
            start = len(out) - ((control & 31) << 8) - data[at] - 1
            at += 1
            length += 2
            if start < 0:
                raise ValueError("refers to what is not there")
            piece = out[start : start + length]
            while len(piece) < length:  # it overlaps what it makes
                piece += piece[: length - len(piece)]
            out += piece
        if len(out) > size:
            raise ValueError("more comes out than should")
    if len(out) != size:
        raise ValueError("less comes out than should")
    return bytes(out)
