/** The command line: one class a command, each of which only formats what the library says. */
@NullMarked
package dev.basin.cli;

import org.jspecify.annotations.NullMarked;
