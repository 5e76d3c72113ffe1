package dev.basin.spec;

import java.util.List;

/**
 * What of a kernel can be timed, with the memory it works on.
 *
 * @param parts may be run until this is closed
 * @param memory gives the memory back
 */
public record Prepared(List<Measurable> parts, Runnable memory) implements AutoCloseable {
    @Override
    public void close() {
        memory.run();
    }
}
