package dev.basin.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.basin.Basin;
import dev.basin.TestBackends;
import dev.basin.kernel.KernelArgument.TensorArgument;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Calls drawn from the declarations, allowed ones and others mixed: the former give what the reference gives and change nothing
 * else, the latter are refused and change nothing at all.
 */
class RandomCallsTest {
    private static final long SEED = Long.getLong("basin.seed", 20251125);
    private static final int MOST_COMPLAINTS = 10;
    /** Inputs that mean something only as a forward pass or a selection has written them: the specs compare their results. */
    private static final Set<String> SAVED_BY_A_FORWARD_PASS = Set.of("lse", "selectedIndices");
    private static final List<KernelDeclaration> KERNELS = Kernels.FAMILIES.stream()
            .flatMap(family -> KernelDeclaration.of(family).stream()).toList();

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void twoThousand(String backend) {
        check(backend, 2_000, SEED);
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void aHundredThousand(String backend) {
        check(backend, 100_000, SEED + 1);
    }

    private static void check(String backend, int calls, long seed) {
        List<String> complaints = new ArrayList<>();
        Basin.Options options = Basin.Options.defaults().backend(backend).threads(2).parallelThreshold(4096);
        try (Basin basin = TestBackends.open(options); Basin reference = TestBackends.reference()) {
            for (int i = 0; i < calls && complaints.size() < MOST_COMPLAINTS; i++) {
                SplittableRandom random = new SplittableRandom(seed * 1_000_003 + i);
                RandomCall call = new RandomCall(KERNELS.get(random.nextInt(KERNELS.size())), random);
                String complaint = random.nextInt(3) == 0 ? refuse(call, basin, random) : compare(call, basin, reference);
                if (!complaint.isEmpty()) {
                    complaints.add("seed " + seed + " call " + i + ": " + complaint + ": " + call);
                }
            }
        }
        assertEquals("", String.join("\n", complaints));
    }

    private static String refuse(RandomCall call, Basin basin, SplittableRandom random) {
        Map<String, RandomTensor> memory = call.allocate();
        Object[] arguments = call.arguments(memory);
        String damage = Damage.apply(call, arguments, random);
        try {
            call.invoke(basin.kernels().family(call.declaration.family()), arguments);
            return "it takes " + damage;
        } catch (IllegalArgumentException refusal) {
            boolean untouched = memory.values().stream().allMatch(RandomTensor::isUntouched);
            return untouched ? "" : "the refusal of " + damage + " changes a tensor";
        } catch (Throwable other) {
            return "it meets " + damage + " with " + other;
        }
    }

    private static String compare(RandomCall call, Basin basin, Basin reference) {
        Map<String, RandomTensor> actual = call.allocate();
        Map<String, RandomTensor> expected = call.allocate();
        try {
            call.invoke(basin.kernels().family(call.declaration.family()), call.arguments(actual));
            call.invoke(reference.kernels().family(call.declaration.family()), call.arguments(expected));
        } catch (Throwable thrown) {
            return "it fails with " + thrown;
        }
        List<TensorArgument> tensors = call.declaration.arguments(TensorArgument.class);
        boolean comparable = !call.wild && tensors.stream()
                .noneMatch(tensor -> !tensor.isWritten() && SAVED_BY_A_FORWARD_PASS.contains(tensor.name()));
        for (TensorArgument tensor : tensors) {
            RandomTensor got = actual.get(tensor.name());
            if (got != null) {
                boolean written = call.isWritten(tensor.name());
                String difference = written
                        ? got.difference(expected.get(tensor.name()), comparable)
                        : got.isUntouched() ? "" : "it is changed";
                if (!difference.isEmpty()) {
                    return tensor.name() + ": " + difference;
                }
            }
        }
        return "";
    }
}
