package dev.basin.spec;

import dev.basin.dispatch.Traffic;
import java.util.List;

/**
 * A part of a spec's computation that may be done again and again, to be timed.
 *
 * @param part which, such as {@code "backward"}; empty where there is one
 * @param action does it once, through public types; on a device its calls of kernels alone, over the device's memory
 * @param moved what its kernels move through memory, call by call
 */
public record Measurable(String part, Runnable action, @SuppressWarnings("exports") List<Traffic.Moved> moved) {}
