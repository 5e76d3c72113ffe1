package dev.basin.spec;

import dev.basin.BackendException;
import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.DeviceMemory;
import dev.basin.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Prints how the backend {@code cuda} of this JVM is bound and what it makes of the specs that are named, or why it is not there. */
final class DeviceProbe {
    private DeviceProbe() {}

    public static void main(String[] specs) {
        try (Basin basin = Basin.open(Basin.Options.defaults().backend("cuda").threads(1))) {
            System.out.println(basin.origin().replaceFirst(".*, ", ""));
            System.out.println(throughDeviceMemory(basin));
            System.out.println(failures(basin, specs));
        } catch (BackendException refused) {
            System.out.println(refused.getMessage());
        }
    }

    private static List<String> failures(Basin basin, String... specs) {
        List<String> failures = new ArrayList<>();
        try (Basin reference = Basin.open(Basin.Options.defaults().backend("reference"))) {
            for (String name : specs) {
                Spec spec = Specs.named(name).orElseThrow();
                ReferenceResults expected = new ReferenceResults(spec, reference, 1, CudaStandInTest::concernsTheDevice);
                Verification.of(basin, expected).run().failures().forEach(failure -> failures.add(failure.toString()));
            }
        }
        return failures;
    }

    private static String throughDeviceMemory(Basin basin) {
        float[] read = new float[3];
        try (DeviceMemory memory = DeviceMemory.allocate(basin, 12)) {
            memory.copyFrom(Tensor.of(new float[] {1, 2, 3}));
            double nanos = basin.nanosOnDevice(() -> memory.copyTo(Tensor.of(read)));
            return Arrays.toString(read) + " from " + memory.tensor(DataType.F32, 3) + (nanos > 0 ? " in some time" : " in no time");
        }
    }
}
