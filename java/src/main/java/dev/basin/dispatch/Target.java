package dev.basin.dispatch;

import dev.basin.binding.Device;
import org.jspecify.annotations.Nullable;

/**
 * What a family's calls go to once they are checked.
 *
 * @param implementation the family's kernels on a backend
 * @param takesHeapMemory whether they take arrays
 * @param takesEveryType whether they take every floating-point type for every tensor
 * @param device whose memory they take, or null where that is the host's
 * @param checksOnly whether calls end at the checks
 * @param traffic what notes the calls while it is told to
 */
public record Target(
        Object implementation, boolean takesHeapMemory, boolean takesEveryType, @Nullable Device device, boolean checksOnly,
        Traffic traffic) {}
