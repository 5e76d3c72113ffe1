import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Uses the bundle as a trainer would: in an empty folder, a class compiled against the jar and run with nothing else on the class
 * path. Fails where the jar is too large, a native backend does not load from it, or the CUDA backend says anything but that
 * there is no device.
 */
final class TryBundle {
    private static final long LARGEST = 60_000_000;
    private static final String TRIAL =
            """
            import dev.basin.Basin;
            import dev.basin.Tensor;
            import dev.basin.loss.CrossEntropy;

            class Trial {
                public static void main(String[] backends) {
                    for (String backend : backends) {
                        try (Basin basin = Basin.open(Basin.Options.defaults().backend(backend))) {
                            float[] gradient = new float[2];
                            double loss = new CrossEntropy().forwardBackward(
                                    basin, Tensor.of(new float[] {0, 1}, 1, 2), Tensor.of(new int[] {1}), Tensor.of(gradient, 1, 2));
                            System.out.printf(java.util.Locale.ROOT, "%s on %s: %.6f %.6f%n", backend, basin.isa(), loss, gradient[0]);
                        } catch (RuntimeException refused) {
                            System.out.println(refused.getMessage());
                        }
                    }
                }
            }
            """;

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path bundle = Path.of(arguments[0]).toAbsolutePath();
        if (Files.size(bundle) > LARGEST) {
            throw new IllegalStateException(bundle + " must have at most " + LARGEST + " bytes, got " + Files.size(bundle));
        }
        Path folder = Files.createTempDirectory("basin-trial");
        Path source = Files.writeString(folder.resolve("Trial.java"), TRIAL);
        run(folder, "javac", "-cp", bundle.toString(), "-d", folder.toString(), source.toString());
        String output = run(folder, "java", "--enable-native-access=ALL-UNNAMED", "-cp", bundle + File.pathSeparator + folder, "Trial",
                "auto", "panama", "cuda");
        boolean loaded = output.matches("(?s)auto on .*: 0\\.313262 0\\.268941\\R+panama on .*: 0\\.313262 0\\.268941\\R.*");
        boolean device = output.contains("cuda on ") || output.contains("no CUDA driver") || output.contains("no CUDA device");
        System.out.print(output);
        System.out.printf("Basin: %s, %.1f MB, %s%n", bundle.getFileName(), Files.size(bundle) / 1e6,
                loaded && device ? "works from outside" : "does not work from outside");
        if (!loaded || !device) {
            System.exit(1);
        }
    }

    private static String run(Path folder, String tool, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", tool).toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IllegalStateException(tool + " failed: " + output);
        }
        return output;
    }
}
