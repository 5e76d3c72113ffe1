/** What a run leaves to look at: tables, the machine, and a page with curves. */
@NullMarked
package dev.basin.report;

import org.jspecify.annotations.NullMarked;
