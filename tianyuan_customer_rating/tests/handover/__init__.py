from . import test_hand_over, test_succession
