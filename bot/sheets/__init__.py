"""Tables that people and banks hand in and take away, XLSX and CSV: read as they are seen, written as Excel shows them.

`read_sheet` reads, `write_sheet` writes, `read_amount` and `read_date` understand what stands in a cell.
"""
