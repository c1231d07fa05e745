"""Amounts in Chinese capitals (大写), against amounts spelt by hand."""
import re
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.capitals import capitals
from odoo.addons.tianyuan_customer_rating.tests.properties import properties

SPELT = {
    '0': '零元整',
    '0.01': '壹分',
    '0.09': '玖分',
    '0.10': '壹角整',
    '0.56': '伍角陆分',
    '1': '壹元整',
    '1.05': '壹元零伍分',
    '1.50': '壹元伍角整',
    '10': '壹拾元整',
    '10.32': '壹拾元叁角贰分',
    '15': '壹拾伍元整',
    '100': '壹佰元整',
    '101': '壹佰零壹元整',
    '110': '壹佰壹拾元整',
    '1001': '壹仟零壹元整',
    '1010': '壹仟零壹拾元整',
    '1100': '壹仟壹佰元整',
    '1409.50': '壹仟肆佰零玖元伍角整',
    '6007.14': '陆仟零柒元壹角肆分',
    '1680.32': '壹仟陆佰捌拾元叁角贰分',
    '16409.02': '壹万陆仟肆佰零玖元零贰分',
    '10000': '壹万元整',
    '10001': '壹万零壹元整',
    '10010': '壹万零壹拾元整',
    '10100': '壹万零壹佰元整',
    '11000': '壹万壹仟元整',
    '100000': '壹拾万元整',
    '105000': '壹拾万伍仟元整',
    '100500': '壹拾万零伍佰元整',
    '107000.53': '壹拾万柒仟元伍角叁分',
    '325.04': '叁佰贰拾伍元零肆分',
    '1000000': '壹佰万元整',
    '1000001': '壹佰万零壹元整',
    '10000000': '壹仟万元整',
    '10203040.50': '壹仟零贰拾万叁仟零肆拾元伍角整',
    '100000000': '壹亿元整',
    '100000001': '壹亿零壹元整',
    '100010000': '壹亿零壹万元整',
    '100100000': '壹亿零壹拾万元整',
    '110000000': '壹亿壹仟万元整',
    '123456789.12': '壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元壹角贰分',
    '1000000000000': '壹万亿元整',
    '1000000010000': '壹万亿零壹万元整',
    '1000100000000': '壹万零壹亿元整',
    '9999999999999999.99': '玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分',
    '-20.60': '负贰拾元陆角整',
}
DIGITS = {digit: value for value, digit in enumerate('零壹贰叁肆伍陆柒捌玖')}
PLACES = {'拾': 10, '佰': 100, '仟': 1000}


def read_whole(text):
    """The number of a text, read as a person does: what is before 亿 or 万 is so many of them."""
    for unit, size in (('亿', 10 ** 8), ('万', 10 ** 4)):
        if unit in text:
            high, _, low = text.rpartition(unit)
            return read_whole(high) * size + read_whole(low)
    return sum(DIGITS[digit] * PLACES.get(place, 1) for digit, place in re.findall('([壹贰叁肆伍陆柒捌玖])([拾佰仟]?)', text))


def read(text):
    sign = -1 if text.startswith('负') else 1
    yuan, has_yuan, rest = text.removeprefix('负').removesuffix('整').rpartition('元')
    amount = Decimal(read_whole(yuan) if has_yuan else 0)
    for unit, size in (('角', '0.1'), ('分', '0.01')):
        if unit in rest:
            amount += DIGITS[rest[rest.index(unit) - 1]] * Decimal(size)
    return sign * amount


@tagged('post_install', '-at_install')
class TestContractCapitals(BaseCase):

    def test_amounts_spelt_by_hand(self):
        for amount, text in SPELT.items():
            with self.subTest(amount):
                self.assertEqual(capitals(Decimal(amount)), text)

    @properties
    @given(st.one_of(
        st.integers(-(10 ** 18) + 1, 10 ** 18 - 1),
        # many zeros, where the rules are
        st.lists(st.sampled_from('0000019'), min_size=1, max_size=18).map(lambda digits: int(''.join(digits))),
    ))
    def test_what_is_spelt_reads_as_the_amount(self, fen):
        amount = Decimal(fen) / 100
        text = capitals(amount)
        self.assertEqual(read(text), amount)
        self.assertNotIn('零零', text)
        self.assertFalse(re.search('零[万亿]|亿万', text), text)
        self.assertEqual(text.endswith('整'), not text.endswith('分'))

    def test_what_cannot_be_spelt(self):
        for amount in ('0.001', '10000000000000000', 'NaN', 'Infinity'):
            with self.subTest(amount), self.assertRaises(ValueError):
                capitals(Decimal(amount))
