package dev.basin.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.CudaStandIn;
import dev.basin.binding.ForkedJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both bindings of the device's kernels, each in a JVM of its own, since a JNI library is linked to one library for good. */
class CudaBindingTest {
    /** A kernel or more of most families. */
    private static final List<String> SPECS = List.of(
            "cross_entropy", "adamw", "layer_norm", "sam_perturb", "kmeans", "saf_loss", "ldr_kl", "topk", "logistic_gd",
            "weight_compander", "exp_weights_policy", "gru_cell");

    @BeforeAll
    static void requireTheStandIn() {
        CudaStandIn.require();
    }

    @ParameterizedTest
    @ValueSource(strings = {"panama", "javacpp"})
    void specsAgreeWithTheReference(String binding) throws Exception {
        List<String> lines = probe(CudaStandIn.BOUND_LIBRARY, SPECS, "-Dbasin.cuda.binding=" + binding);
        assertEquals(List.of("bound by " + binding, "[1.0, 2.0, 3.0] from f32[3] in some time", "[]"), lines);
    }

    @Test
    void panamaIsTakenUnlessTold() throws Exception {
        assertEquals("bound by panama", probe(CudaStandIn.BOUND_LIBRARY, List.of()).getFirst());
    }

    @Test
    void anotherNameIsRefused() throws Exception {
        refuses("basin.cuda.binding must be panama or javacpp, got jna", CudaStandIn.BOUND_LIBRARY, "jna");
    }

    @Test
    void javacppNeedsItsLibraryBesideTheOtherOfTheUsualName(@TempDir Path folder) throws Exception {
        Path alone = Files.copy(CudaStandIn.BOUND_LIBRARY, folder.resolve("libbasin_cuda.so"));
        refuses(folder.resolve("libjnibasin_cuda.so") + " cannot be read", alone, "javacpp");
        Path renamed = Files.copy(alone, folder.resolve("libother.so"));
        refuses("the JavaCPP binding takes a library of the name libbasin_cuda.so alone, got " + renamed, renamed, "javacpp");
    }

    private static void refuses(String reason, Path library, String binding) throws Exception {
        String sentence = String.join("\n", probe(library, List.of(), "-Dbasin.cuda.binding=" + binding));
        assertTrue(sentence.startsWith("backend cuda cannot be used: " + reason), sentence);
    }

    private static List<String> probe(Path library, List<String> specs, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("-Dbasin.cuda.library=" + library));
        all.addAll(List.of(options));
        return ForkedJvm.start(DeviceProbe.class, all, specs.toArray(String[]::new)).output().lines().toList();
    }
}
