"""Filing a case, whoever fills it in: screens that take a seat (`seats.Seat`), under one table of addresses."""
