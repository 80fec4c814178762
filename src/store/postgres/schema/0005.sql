-- Where everything was copied to: from then on the other store is the one that is served.
CREATE TABLE moved (target bytea NOT NULL);
