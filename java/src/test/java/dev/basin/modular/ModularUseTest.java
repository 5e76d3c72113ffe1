package dev.basin.modular;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.basin.binding.Natives;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The other tests run on the class path, as most trainers do. */
class ModularUseTest {
    @ParameterizedTest
    @ValueSource(strings = {"java", "panama", "javacpp"})
    void basinRunsAsAModuleBesideJavaCpp(String backend) throws Exception {
        assertRuns(backend, "target/classes" + File.pathSeparator + classPathEntry("javacpp"), "dev.basin,org.bytedeco.javacpp");
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "panama"})
    void basinRunsAsAModuleWithNothingElse(String backend) throws Exception {
        assertRuns(backend, "target/classes", "dev.basin");
    }

    private static void assertRuns(String backend, String modulePath, String modules) throws Exception {
        if (!backend.equals("java")) {
            Natives.folder();
        }
        assertEquals("dev.basin runs " + backend, run(
                "--module-path", modulePath,
                "--add-modules", modules,
                "--enable-native-access=" + modules,
                "-Dbasin.cache=" + System.getProperty("basin.cache"),
                "-cp", "target/test-classes" + File.pathSeparator + "target/natives",
                ModularUse.class.getName(), backend));
    }

    private static String classPathEntry(String artifact) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Path.of(entry).getFileName().toString().startsWith(artifact + "-"))
                .findFirst().orElseThrow();
    }

    private static String run(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes()).strip();
    }
}
