from . import test_email_addresses
from . import test_import_file
from . import test_import_numbers
