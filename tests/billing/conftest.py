from tests.bank import bank, bank_address, begin, invoice, settled

__all__ = ["bank", "bank_address", "begin", "invoice", "settled"]
