"""What leaves the house: pictures, workbooks, slides and papers that say where they come from."""
