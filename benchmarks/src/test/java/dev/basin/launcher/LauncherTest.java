package dev.basin.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
    private static final Path OWN_HOME = Path.of(System.getProperty("java.home"));

    @TempDir
    private Path folder;

    private record Outcome(int code, String out, String err) {}

    @Test
    void restartsUnderTheSameJdkWithTheFlags() throws Exception {
        assertAnswers(OWN_HOME);
    }

    @Test
    void restartsUnderANewerJdk() throws Exception {
        Optional<Path> older = olderJava();
        assumeTrue(older.isPresent(), "no Java from 17 to 24 lies beside " + OWN_HOME);
        assertAnswers(older.get());
    }

    @Test
    void passesTheExitCodeOn() throws Exception {
        Outcome outcome = launch(OWN_HOME, List.of(), "", "nonsense");
        assertEquals(2, outcome.code());
        assertTrue(outcome.err().startsWith("Unmatched argument"), outcome.err());
    }

    /** Standard input, properties and arguments arrive; nothing but the answers is on standard output. */
    private void assertAnswers(Path home) throws Exception {
        Outcome named = launch(home, List.of("-Dbasin.backend=java"), "nope\n{\"id\":1}\n", "eval");
        assertEquals(0, named.code(), named.err());
        assertEquals(2, named.out().lines().count(), named.out());
        assertEquals("", named.err());
        Outcome unknown = launch(home, List.of("-Dbasin.backend=nothing"), "", "eval");
        assertEquals(2, unknown.code(), "the property was lost: " + unknown.out() + unknown.err());
    }

    private Outcome launch(Path home, List<String> flags, String input, String... arguments) throws Exception {
        Path in = Files.writeString(folder.resolve("in"), input);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        List<String> command = new ArrayList<>(List.of(JdkFinder.javaProgram(home).toString()));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Launcher.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectInput(in.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the launcher hangs");
        return new Outcome(process.exitValue(), read(out), read(err));
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private static Optional<Path> olderJava() throws IOException {
        try (Stream<Path> neighbours = Files.list(OWN_HOME.getParent())) {
            return neighbours.filter(LauncherTest::isOlder).sorted().findFirst();
        }
    }

    private static boolean isOlder(Path home) {
        try {
            return Files.isExecutable(JdkFinder.javaProgram(home))
                    && Files.readString(home.resolve("release")).matches("(?s).*JAVA_VERSION=\"(1[7-9]|2[0-4])\\b.*");
        } catch (IOException notAJdk) {
            return false;
        }
    }
}
