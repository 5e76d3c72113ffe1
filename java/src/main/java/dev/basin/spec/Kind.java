package dev.basin.spec;

/** What the numbers of a value are. */
public enum Kind {
    REAL,
    INTEGER,
    BOOLEAN
}
