import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs CMake for Maven: {@code build} configures and builds the preset {@code release}, {@code demo} no more of it than this
 * processor runs, {@code bundle} all of it with machine code for the common devices, {@code test} runs its tests,
 * {@code slow} those that take minutes, and {@code sanitize} builds and tests under sanitizers. Run in {@code native/} by
 * any Java from 17 on.
 *
 * <p>A machine without CMake or a C++ compiler is told so in one line and gets a Java-only build, unless the environment
 * has {@code BASIN_NATIVE=required}. {@code BASIN_NATIVE=off} leaves the natives out without a word.
 */
final class NativeBuild {
    private static final String PRESET = "release";
    private static final String SANITIZE = "sanitize";
    private static final Path TARGET = Path.of("target");
    private static final Path LOG = TARGET.resolve("native-build.log");
    private static final Path LIBRARIES = TARGET.resolve(PRESET);
    /** Without a number, make would start every compiler at once. */
    private static final String PROCESSORS = Integer.toString(Runtime.getRuntime().availableProcessors());
    /** That the library has every instruction set. */
    private static final Path WHOLE = LIBRARIES.resolve("whole");
    /** Why there is no library, for the tests that are skipped without one. */
    private static final Path MISSING = TARGET.resolve("missing.txt");
    /** What BasinCuda.cmake says. */
    private static final String WITHOUT_CUDA = "nvcc was not found; building without CUDA";
    private static final Pattern CMAKE_VERSION = Pattern.compile("cmake version (\\d+)\\.(\\d+)");
    private static final Pattern TEST_SUMMARY = Pattern.compile("(?m)^\\d+% tests passed.*$|^Total Test time.*$|exp: [0-9.]+ ulp .*$");

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Files.createDirectories(TARGET);
        String mode = Optional.ofNullable(System.getenv("BASIN_NATIVE")).orElse("");
        Optional<String> missing = mode.equals("off") ? Optional.of("BASIN_NATIVE is off") : missingTool();
        if (missing.isPresent()) {
            withoutNatives(arguments[0].equals(SANITIZE) ? "required" : mode, missing.get(), List.of("build", "demo", "bundle").contains(arguments[0]));
            return;
        }
        switch (arguments[0]) {
            case "build" -> {
                startLog();
                build(PRESET);
            }
            case "demo" -> {
                startLog();
                buildForThisProcessor();
            }
            case "bundle" -> {
                startLog();
                build(PRESET, "-DBUILD_TESTING=OFF", "-DBASIN_CUDA_ARCHITECTURES=bundle");
            }
            case "test" -> test(PRESET);
            case "slow" -> test("slow");
            case SANITIZE -> {
                build(SANITIZE);
                test(SANITIZE);
            }
            default -> throw new IllegalArgumentException("expected build, demo, bundle, test, slow or sanitize, got " + arguments[0]);
        }
    }

    private static void startLog() throws IOException {
        Files.deleteIfExists(LOG);
        Files.deleteIfExists(MISSING);
    }

    /** In a quarter of the time; where all instruction sets are built already, that library is brought up to date instead. */
    private static void buildForThisProcessor() throws IOException, InterruptedException {
        if (!Files.exists(WHOLE)) {
            run("cmake", "--preset", PRESET, "-DBASIN_ISAS=native", "-DBUILD_TESTING=OFF", "-DBASIN_CUDA=OFF");
        }
        run("cmake", "--build", "--preset", PRESET, "--parallel", PROCESSORS);
    }

    private static void build(String preset, String... settings) throws IOException, InterruptedException {
        String configured = run(Stream.concat(Stream.of("cmake", "--preset", preset), Stream.of(settings)).toArray(String[]::new));
        if (configured.contains(WITHOUT_CUDA)) {
            System.out.println("Basin: building without CUDA: nvcc was not found (install the CUDA toolkit, or set CUDACXX).");
        }
        run("cmake", "--build", "--preset", preset, "--parallel", PROCESSORS);
        Files.writeString(WHOLE, "");
    }

    private static void test(String preset) throws IOException, InterruptedException {
        Matcher summary = TEST_SUMMARY.matcher(run("ctest", "--preset", preset));
        while (summary.find()) {
            System.out.println(summary.group());
        }
    }

    /** What this machine lacks, with the remedy. */
    private static Optional<String> missingTool() {
        if (onPath("cmake").isEmpty()) {
            return Optional.of("CMake was not found on the PATH (install cmake 3.25 or newer)");
        }
        Matcher version = CMAKE_VERSION.matcher(outputOf("cmake", "--version"));
        if (version.find() && Integer.parseInt(version.group(1)) * 1000 + Integer.parseInt(version.group(2)) < 3025) {
            return Optional.of("this CMake is " + version.group(1) + "." + version.group(2) + " (install 3.25 or newer)");
        }
        boolean windows = File.separatorChar == '\\';
        String chosen = System.getenv("CXX");
        List<String> compilers = chosen != null ? List.of(chosen.split(" ")[0])
                : windows ? List.of("cl", "clang++", "g++")
                : List.of("c++", "g++", "clang++");
        if (compilers.stream().allMatch(compiler -> onPath(compiler).isEmpty())) {
            return Optional.of("no C++ compiler was found (looked for " + String.join(", ", compilers)
                    + "; install g++ 12 or newer, or set CXX)");
        }
        return Optional.empty();
    }

    private static void withoutNatives(String mode, String reason, boolean building) throws IOException {
        if (mode.equals("required")) {
            System.err.println("Basin: the natives cannot be built: " + reason + ". BASIN_NATIVE=required asks for them.");
            System.exit(1);
        }
        if (building) {
            // What an earlier build left would otherwise be packed and tested as if it belonged to these sources.
            deleteLibraries();
            Files.writeString(MISSING, reason);
            if (!mode.equals("off")) {
                System.out.println("Basin: building Java only, without native backends: " + reason + ".");
            }
        }
    }

    private static void deleteLibraries() throws IOException {
        if (Files.isDirectory(LIBRARIES)) {
            try (Stream<Path> files = Files.list(LIBRARIES)) {
                files.filter(file -> file.getFileName().toString().matches("(lib)?basin(_cuda)?\\.(so|dylib|dll)")).forEach(file -> {
                    try {
                        Files.delete(file);
                    } catch (IOException failure) {
                        throw new UncheckedIOException(failure);
                    }
                });
            }
        }
    }

    private static Optional<Path> onPath(String program) {
        Path given = Path.of(program);
        if (given.isAbsolute()) {
            return Files.isExecutable(given) ? Optional.of(given) : Optional.empty();
        }
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .flatMap(folder -> Stream.of(Path.of(folder, program), Path.of(folder, program + ".exe")))
                .filter(file -> Files.isExecutable(file) && !Files.isDirectory(file))
                .findFirst();
    }

    private static String outputOf(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            return new String(process.getInputStream().readAllBytes());
        } catch (IOException failure) {
            return "";
        }
    }

    /** Runs a command with its output kept for the log; it is shown only if the command fails, since -q cannot hide it. */
    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes());
        int status = process.waitFor();
        Files.writeString(LOG, "$ " + String.join(" ", command) + "\n" + output,
                StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        if (status != 0) {
            System.err.println(output);
            System.err.println("Basin: " + String.join(" ", command) + " failed in native/; the output is above.");
            System.exit(status);
        }
        return output;
    }
}
