"""The program set up with both stand-ins, to play with by hand: `make playground`."""
