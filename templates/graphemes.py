"""Where one character ends for a reader, who sees an emoji family or a flag as one."""

import unicodedata

_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))


def between_graphemes(text: str, cut: int) -> bool:
    """Whether a reader would see two characters on the two sides of `cut`."""
    if not 0 < cut < len(text):
        return True
    before, after = text[cut - 1], text[cut]
    if before == "\u200d" or after in "\u200d\ufe0e\ufe0f\u20e3" or unicodedata.category(after)[0] == "M":
        return False
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return False
    if before in _FLAG_LETTERS and after in _FLAG_LETTERS:
        run = len(text[:cut]) - len(text[:cut].rstrip(_FLAG_LETTERS))
        return run % 2 == 0
    return not ("\u1100" <= before <= "\ud7ff" and "\u1160" <= after <= "\u11ff")  # a Korean syllable in its parts
