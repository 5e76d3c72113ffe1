package dev.basin.launcher;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The jar's entry point. No manifest attribute adds an incubator module or chooses a JDK, so it starts itself again: under a
 * JDK that is new enough, with the flags that Basin needs. Compiled for Java 17, so that an older default Java gets that far.
 */
public final class Launcher {
    private static final int JDK = 25;
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final String MAIN_CLASS = "dev.basin.cli.Main";

    /** Set in the second start, which must never lead to a third. */
    private static final String RESTARTED = "basin.launcher.restarted";

    private Launcher() {}

    public static void main(String[] arguments) throws Exception {
        if (Boolean.getBoolean(RESTARTED) || (Runtime.version().feature() >= JDK && hasFlags())) {
            callMain(arguments);
            return;
        }
        Optional<Path> home = JdkFinder.find(JDK);
        if (home.isEmpty()) {
            System.err.println(JdkFinder.remedy(JDK));
            System.exit(1);
        }
        System.exit(restart(home.get(), arguments));
    }

    private static boolean hasFlags() {
        return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent() && mayCallNativeCode();
    }

    /** {@code Module.isNativeAccessEnabled}, which Java 17 does not have. */
    private static boolean mayCallNativeCode() {
        try {
            return (Boolean) Module.class.getMethod("isNativeAccessEnabled").invoke(Launcher.class.getModule());
        } catch (ReflectiveOperationException olderJava) {
            return false;
        }
    }

    /** By name, because the command line is compiled after this class and for a newer Java. */
    private static void callMain(String[] arguments) throws Exception {
        try {
            Class.forName(MAIN_CLASS).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof Exception exception) {
                throw exception;
            }
            throw (Error) thrown.getCause();
        }
    }

    private static int restart(Path home, String[] arguments) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(command(home, arguments))
                .redirectInput(Redirect.INHERIT)
                .redirectOutput(Redirect.INHERIT)
                .start();
        // A signal to this process ends the other too, which gets the time to clean up after itself.
        Thread passOn = new Thread(() -> end(child), "basin-launcher-shutdown");
        Runtime.getRuntime().addShutdownHook(passOn);
        copyErrors(child.getErrorStream());
        return child.waitFor();
    }

    private static void end(Process child) {
        child.destroy();
        try {
            child.waitFor();
        } catch (InterruptedException interrupted) {
            child.destroyForcibly();
        }
    }

    private static List<String> command(Path home, String[] arguments) {
        List<String> command = new ArrayList<>(List.of(
                JdkFinder.javaProgram(home).toString(),
                "--add-modules", VECTOR_MODULE,
                "--enable-native-access=ALL-UNNAMED",
                "-D" + RESTARTED + "=true"));
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("basin.")) {
                command.add("-D" + name + "=" + System.getProperty(name));
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Launcher.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Passes standard error on, without the warning about the incubator module, which would stand above every answer. */
    private static void copyErrors(InputStream errors) throws IOException {
        try (InputStream in = new BufferedInputStream(errors)) {
            byte[] first = firstLine(in);
            if (!new String(first, StandardCharsets.UTF_8).startsWith("WARNING: Using incubator modules: ")) {
                System.err.write(first);
                System.err.flush();
            }
            in.transferTo(System.err);
        }
    }

    private static byte[] firstLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            line.write(next);
            if (next == '\n') {
                break;
            }
        }
        return line.toByteArray();
    }
}
