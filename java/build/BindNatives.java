import dev.basin.binding.Platform;
import java.io.File;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodModel;
import java.lang.constant.ConstantDescs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.bytedeco.javacpp.tools.Builder;
import org.bytedeco.javacpp.tools.Logger;

/**
 * Fills the natives' jar: JavaCPP's binding is made from the headers, and both libraries are laid out with their index, as
 * {@code dev.basin.binding.LibraryFolder} reads them. Without a native library (a Java-only build) there is nothing to do.
 *
 * <p>Run in {@code java/} by the project's JDK, with the compiled classes and JavaCPP on the class path. In JavaCPP's order:
 * the configuration is compiled already; the headers become a Java source; that is compiled; its C++ is made and compiled.
 */
final class BindNatives {
    private static final Path HEADERS = Path.of("../native/include");
    private static final Path LIBRARIES = Path.of("../native/target/release").toAbsolutePath().normalize();
    private static final Path CLASSES = Path.of("target/classes");
    private static final Path WORK = Path.of("target/javacpp");
    private static final String CONFIGURATION = "dev.basin.binding.javacpp.BasinConfiguration";
    private static final String FUNCTIONS = "dev.basin.binding.javacpp.BasinFunctions";
    private static final Platform PLATFORM = Platform.current();
    private static final Path OUTPUT = Path.of("target/natives/dev/basin/binding", PLATFORM.name());
    /** The device's library has a folder of its own, so that nobody unpacks it who does not use it. */
    private static final Path CUDA_OUTPUT = Path.of("target/natives/dev/basin/binding", PLATFORM.name() + "-cuda");

    public static void main(String[] arguments) throws Exception {
        Path library = LIBRARIES.resolve(PLATFORM.libraryFileName("basin"));
        delete(OUTPUT);
        delete(CUDA_OUTPUT);
        Files.createDirectories(OUTPUT);
        if (!Files.exists(library)) {
            return;
        }
        Path binding = WORK.resolve(PLATFORM.libraryFileName("jnibasin"));
        if (!upToDate(binding)) {
            bind();
        }
        layOut(OUTPUT, library, binding);
        Path cuda = LIBRARIES.resolve(PLATFORM.libraryFileName("basin_cuda"));
        if (Files.exists(cuda)) {
            layOut(CUDA_OUTPUT, cuda);
        }
    }

    private static void layOut(Path folder, Path... files) throws Exception {
        Files.createDirectories(folder);
        StringBuilder index = new StringBuilder();
        for (Path file : files) {
            Files.copy(file, folder.resolve(file.getFileName()));
            index.append(hash(Files.readAllBytes(file))).append("  ").append(file.getFileName()).append('\n');
        }
        Files.writeString(folder.resolve("SHA256SUMS"), index);
    }

    private static void bind() throws Exception {
        delete(WORK);
        Files.createDirectories(WORK);
        builder(CONFIGURATION).generate(false).compile(false).build();
        Path source = WORK.resolve(FUNCTIONS.replace('.', '/') + ".java");
        // Not into the classes: javac would take the source for a part of the module there.
        int compiled = ToolProvider.getSystemJavaCompiler().run(null, null, null,
                "-nowarn", "-proc:none", "-d", WORK.toString(), "-cp", System.getProperty("java.class.path"), source.toString());
        if (compiled != 0) {
            System.exit(compiled);
        }
        String classFile = FUNCTIONS.replace('.', '/') + ".class";
        Files.write(CLASSES.resolve(classFile), withoutInitializer(Files.readAllBytes(WORK.resolve(classFile))));
        builder(FUNCTIONS).build();
        Files.writeString(WORK.resolve("inputs"), inputs());
    }

    /** JavaCPP would unpack and load the library as soon as the class is used; Basin loads its libraries itself. */
    private static byte[] withoutInitializer(byte[] classFile) {
        ClassFile format = ClassFile.of();
        return format.transformClass(format.parse(classFile), ClassTransform.dropping(element ->
                element instanceof MethodModel method && method.methodName().equalsString(ConstantDescs.CLASS_INIT_NAME)));
    }

    private static Builder builder(String className) throws Exception {
        Builder builder = new Builder(new Warnings())
                .classPaths(System.getProperty("java.class.path").split(File.pathSeparator))
                .outputDirectory(WORK.toString())
                .property("platform.include=" + String.join(File.pathSeparator, headers()))
                .property("platform.includepath=" + HEADERS)
                .property("platform.linkpath=" + LIBRARIES)
                .classesOrPackages(className);
        if (!PLATFORM.system().equals("windows")) {
            // In place of -rpath: the library is found beside the binding, never where it was built.
            builder.property("platform.linkpath.prefix2=-L");
        }
        if (PLATFORM.system().equals("linux")) {
            // Like libbasin itself: it must load where another compiler's runtime is at home.
            builder.compilerOptions("-static-libstdc++", "-static-libgcc");
        }
        String compiler = System.getenv("CXX");
        return compiler == null ? builder : builder.property("platform.compiler=" + compiler);
    }

    /** Every header, as the C++ source includes it. */
    private static List<String> headers() throws IOException {
        try (Stream<Path> files = Files.list(HEADERS.resolve("basin"))) {
            return files.map(file -> "basin/" + file.getFileName()).filter(name -> name.endsWith(".h"))
                    .filter(name -> !name.equals("basin/export.h")).sorted().toList();
        }
    }

    private static boolean upToDate(Path binding) throws Exception {
        Path inputs = WORK.resolve("inputs");
        return Files.exists(binding)
                && Files.exists(CLASSES.resolve(FUNCTIONS.replace('.', '/') + ".class"))
                && Files.exists(inputs)
                && Files.readString(inputs).equals(inputs());
    }

    /** What the binding is made of; the native library only has to be linked to. */
    private static String inputs() throws Exception {
        List<Path> files = new ArrayList<>();
        for (String header : headers()) {
            files.add(HEADERS.resolve(header));
        }
        files.add(CLASSES.resolve(CONFIGURATION.replace('.', '/') + ".class"));
        files.add(Path.of("build/BindNatives.java"));
        StringBuilder inputs = new StringBuilder();
        for (Path file : files) {
            inputs.append(hash(Files.readAllBytes(file))).append("  ").append(file).append('\n');
        }
        return inputs.toString();
    }

    private static String hash(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> entries = Files.walk(folder)) {
                for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(entry);
                }
            }
        }
    }

    /** Keeps JavaCPP to what a person has to know: -q does not silence it. */
    private static final class Warnings extends Logger {
        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return false;
        }

        @Override
        public void debug(String message) {}

        @Override
        public void info(String message) {}
    }
}
