"""Clock, ids, money, instants, sealing and counting. It knows nothing of customers."""
