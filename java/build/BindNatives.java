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
 * Fills the natives' jar: JavaCPP's bindings are made from the headers, and each is laid out beside its library with their
 * index, as {@code dev.basin.binding.LibraryFolder} reads them. Without a native library (a Java-only build) there is nothing to do.
 *
 * <p>Run in {@code java/} by the project's JDK, with the compiled classes and JavaCPP on the class path. In JavaCPP's order:
 * the configuration is compiled already; the headers become a Java source; that is compiled; its C++ is made and compiled.
 */
final class BindNatives {
    private static final Path HEADERS = Path.of("../native/include");
    private static final Path LIBRARIES = Path.of("../native/target/release").toAbsolutePath().normalize();
    /** The device's kernels are declared by what the native build made of the headers. */
    private static final Path CUDA_HEADERS = LIBRARIES.resolve("generated/cuda/include");
    private static final Path STAND_IN = LIBRARIES.resolve("standin");
    private static final Path CLASSES = Path.of("target/classes");
    private static final String CONFIGURATIONS = "dev.basin.binding.javacpp.";
    private static final Platform PLATFORM = Platform.current();
    private static final Path OUTPUT = Path.of("target/natives/dev/basin/binding", PLATFORM.name());
    /** The device's library has a folder of its own, so that nobody unpacks it who does not use it. */
    private static final Path CUDA_OUTPUT = Path.of("target/natives/dev/basin/binding", PLATFORM.name() + "-cuda");
    /** For tests: the stand-in, which has the name of the device's library, beside the same binding. */
    private static final Path STAND_IN_OUTPUT = Path.of("target/standin");

    private final String configuration;
    private final String functions;
    private final Path work;
    private final Path binding;
    private final Path linked;
    private final Path includes;
    private final List<String> headers;

    /**
     * @param configuration the class that tells JavaCPP how to read the headers
     * @param functions the class that JavaCPP makes of them
     * @param name of the binding's library
     * @param linked where the library that it binds lies
     * @param includes where those headers lie that are not among the sources
     * @param headers as the C++ source includes them
     */
    private BindNatives(
            String configuration, String functions, String name, Path linked, Path includes, List<String> headers) {
        this.configuration = CONFIGURATIONS + configuration;
        this.functions = CONFIGURATIONS + functions;
        this.work = Path.of("target/javacpp", name);
        this.binding = work.resolve(PLATFORM.libraryFileName(name));
        this.linked = linked;
        this.includes = includes;
        this.headers = headers;
    }

    public static void main(String[] arguments) throws Exception {
        Path library = LIBRARIES.resolve(PLATFORM.libraryFileName("basin"));
        for (Path output : List.of(OUTPUT, CUDA_OUTPUT, STAND_IN_OUTPUT)) {
            delete(output);
        }
        Files.createDirectories(OUTPUT);
        if (!Files.exists(library)) {
            return;
        }
        BindNatives processor = new BindNatives(
                "BasinConfiguration", "BasinFunctions", "jnibasin", LIBRARIES, HEADERS, processorHeaders());
        layOut(OUTPUT, library, processor.bound());
        bindDevice();
    }

    /** The device's library, the stand-in for it, or both: one binding is made for them. */
    private static void bindDevice() throws Exception {
        String name = PLATFORM.libraryFileName("basin_cuda");
        boolean isBuilt = Files.exists(LIBRARIES.resolve(name));
        boolean hasStandIn = Files.exists(STAND_IN.resolve(name));
        if (isBuilt || hasStandIn) {
            BindNatives device = new BindNatives("CudaConfiguration", "CudaFunctions", "jnibasin_cuda",
                    isBuilt ? LIBRARIES : STAND_IN, CUDA_HEADERS,
                    List.of("basin/cuda/kernels.h", "basin/cuda/table.h", "basin/cuda/runtime.h"));
            Path binding = device.bound();
            if (isBuilt) {
                layOut(CUDA_OUTPUT, LIBRARIES.resolve(name), binding);
            }
            if (hasStandIn) {
                layOut(STAND_IN_OUTPUT, STAND_IN.resolve(name), binding);
            }
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

    /** The binding's library, made anew where what it is made of has changed. */
    private Path bound() throws Exception {
        if (!upToDate()) {
            bind();
        }
        return binding;
    }

    private void bind() throws Exception {
        delete(work);
        Files.createDirectories(work);
        builder(configuration).generate(false).compile(false).build();
        Path source = work.resolve(functions.replace('.', '/') + ".java");
        // Not into the classes: javac would take the source for a part of the module there.
        int compiled = ToolProvider.getSystemJavaCompiler().run(null, null, null,
                "-nowarn", "-proc:none", "-d", work.toString(), "-cp", System.getProperty("java.class.path"), source.toString());
        if (compiled != 0) {
            System.exit(compiled);
        }
        String classFile = functions.replace('.', '/') + ".class";
        Files.write(CLASSES.resolve(classFile), withoutInitializer(Files.readAllBytes(work.resolve(classFile))));
        builder(functions).build();
        Files.writeString(work.resolve("inputs"), inputs());
    }

    /** JavaCPP would unpack and load the library as soon as the class is used; Basin loads its libraries itself. */
    private static byte[] withoutInitializer(byte[] classFile) {
        ClassFile format = ClassFile.of();
        return format.transformClass(format.parse(classFile), ClassTransform.dropping(element ->
                element instanceof MethodModel method && method.methodName().equalsString(ConstantDescs.CLASS_INIT_NAME)));
    }

    private Builder builder(String className) throws Exception {
        Builder builder = new Builder(new Warnings())
                .classPaths(System.getProperty("java.class.path").split(File.pathSeparator))
                .outputDirectory(work.toString())
                .property("platform.include=" + String.join(File.pathSeparator, headers))
                .property("platform.includepath=" + HEADERS + File.pathSeparator + includes)
                .property("platform.linkpath=" + linked)
                .classesOrPackages(className);
        if (!PLATFORM.system().equals("windows")) {
            // In place of -rpath: the library is found beside the binding, never where it was built.
            builder.property("platform.linkpath.prefix2=-L");
        }
        if (PLATFORM.system().equals("linux")) {
            // Like libbasin itself: it must load where another compiler's runtime is at home. With a library that lacks a function
            // it must not load, instead of ending the process at the first call.
            builder.compilerOptions("-static-libstdc++", "-static-libgcc", "-Wl,-z,now");
        }
        String compiler = System.getenv("CXX");
        return compiler == null ? builder : builder.property("platform.compiler=" + compiler);
    }

    /** Every header of the processor's kernels. */
    private static List<String> processorHeaders() throws IOException {
        try (Stream<Path> files = Files.list(HEADERS.resolve("basin"))) {
            return files.map(file -> "basin/" + file.getFileName()).filter(name -> name.endsWith(".h"))
                    .filter(name -> !name.equals("basin/export.h")).sorted().toList();
        }
    }

    private boolean upToDate() throws Exception {
        Path inputs = work.resolve("inputs");
        return Files.exists(binding)
                && Files.exists(CLASSES.resolve(functions.replace('.', '/') + ".class"))
                && Files.exists(inputs)
                && Files.readString(inputs).equals(inputs());
    }

    /** What the binding is made of; the native library only has to be linked to. */
    private String inputs() throws Exception {
        List<Path> files = new ArrayList<>();
        for (String header : headers) {
            Path source = HEADERS.resolve(header);
            files.add(Files.exists(source) ? source : includes.resolve(header));
        }
        files.add(CLASSES.resolve(configuration.replace('.', '/') + ".class"));
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
