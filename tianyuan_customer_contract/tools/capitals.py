"""Spell amounts of money in Chinese capitals (大写), as contracts and invoices do. Doesn't need Odoo."""
from decimal import Decimal

DIGITS = '零壹贰叁肆伍陆柒捌玖'
PLACES = ('', '拾', '佰', '仟')
FEN = Decimal('0.01')


def capitals(amount):
    """Spell an amount of money.

    :param Decimal amount: in yuan, with at most two decimals
    :return: text such as 壹仟零伍拾元叁角整; with 负 before it if the amount is negative
    :raise ValueError: the amount has more than two decimals, or isn't below 10,000,000,000,000,000 (壹亿亿)
    """
    if not amount.is_finite() or amount != amount.quantize(FEN) or abs(amount) >= 10 ** 16:
        raise ValueError(amount)
    yuan, fen = divmod(int(abs(amount) * 100), 100)
    jiao, fen = divmod(fen, 10)
    text = f'{whole(yuan)}元' if yuan else ''
    if jiao:
        text += f'{DIGITS[jiao]}角'
    elif fen and yuan:
        text += '零'
    if fen:
        text += f'{DIGITS[fen]}分'
    else:
        text = f'{text or "零元"}整'
    return f'负{text}' if amount < 0 else text


def whole(number):
    """Spell a whole number that isn't negative; 0 gives an empty text.

    One 零 stands for all zeros between two digits, also across 万 and 亿. Zeros at the end aren't spelt.
    """
    for size, unit in ((10 ** 8, '亿'), (10 ** 4, '万')):
        if number >= size:
            high, low = divmod(number, size)
            gap = '零' if 0 < low < size // 10 else ''
            return f'{whole(high)}{unit}{gap}{whole(low)}'
    text = ''
    for place in range(3, -1, -1):
        digit, number = divmod(number, 10 ** place)
        if digit:
            text += f'{DIGITS[digit]}{PLACES[place]}'
            if 0 < number < 10 ** (place - 1):
                text += '零'
    return text
