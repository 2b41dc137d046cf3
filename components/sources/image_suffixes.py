"""Suffixes of image files: which formats are read, and which are images that are not."""

FLOATS = frozenset({".tif", ".tiff", ".npy", ".pfm"})
"""Suffixes of images whose pixels may be floats."""

READ = FLOATS.union(
    {".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".pjpeg", ".pjp", ".mpo", ".bmp", ".dib", ".gif"},
    {".webp", ".pgm", ".ppm", ".pnm", ".pbm", ".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx", ".avif", ".avifs"},
)
COMMON = (".png", ".jpg", ".bmp", ".gif", ".webp", ".tif", ".pgm", ".ppm", ".jp2", ".avif", ".npy")
"""One suffix of each format that is read, for messages."""

_NAMED = READ.union(
    {".heic", ".heics", ".heif", ".heifs", ".hif", ".avci", ".jxl", ".jxr", ".wdp", ".hdp", ".jls", ".jpm", ".jng"},
    {".mng", ".bpg", ".flif", ".qoi", ".wbmp", ".pam", ".xbm", ".xpm", ".sgi", ".rgb", ".rgba", ".ras", ".pcx"},
    {".dcx", ".pcd", ".tga", ".icb", ".vda", ".vst", ".dds", ".ktx", ".ktx2", ".ico", ".icns", ".cur", ".svg"},
    {".svgz", ".eps", ".emf", ".wmf", ".psd", ".psb", ".xcf", ".kra", ".ora", ".exr", ".hdr", ".rgbe", ".dpx"},
    {".cin", ".fits", ".fit", ".fts", ".dcm", ".dicom", ".ima", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd", ".mnc"},
    {".mgh", ".mgz", ".mrc", ".lsm", ".czi", ".lif", ".nd2", ".oib", ".oif", ".stk", ".svs", ".ndpi", ".scn", ".vsi"},
    {".raw", ".dng", ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".orf", ".rw2", ".rwl", ".raf"},
    {".pef", ".srw", ".3fr", ".iiq", ".x3f", ".kdc", ".dcr", ".mrw", ".erf", ".mos"},
)
"""Suffixes of images; those that are not read are quarantined."""

_COMPRESSED = (".gz", ".bz2", ".xz", ".zst", ".z")


def is_image(name: str) -> bool:
    """Whether a file is an image by its name, even if it is compressed or in a format that is not read."""
    return _suffix(name) in _NAMED


def may_have_floats(name: str) -> bool:
    """Whether the pixels of the file may be floats, by its name."""
    return _suffix(name) in FLOATS


def without_suffix(name: str) -> str:
    """The name of an image without its suffix; other names are returned as they are."""
    return name[: name.lower().rindex(_suffix(name))] if is_image(name) else name


def _suffix(name: str) -> str:
    stem = name.lower()
    for suffix in _COMPRESSED:
        stem = stem.removesuffix(suffix)
    return stem[stem.rfind(".") :] if stem.rfind(".") > 0 else ""
