"""The pages in a real browser, fed by fixtures in the contract's shapes."""
