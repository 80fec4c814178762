-- Names for the rows of lists, where the device itself has none for a PIN.
CREATE INDEX person_pin ON person (pin);
