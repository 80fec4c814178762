-- In which order a unit has the bytes of hexadecimal cards, and in which those of its mirror were read last
-- (core/access/unit_cards.h).
ALTER TABLE device_access ADD COLUMN cards_turned INTEGER;
ALTER TABLE device_access ADD COLUMN cards_derived INTEGER;
