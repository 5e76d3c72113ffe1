package dev.basin.binding;

/** Prints, for each binding, the instruction set that it runs on or why it does not. */
final class LoadProbe {
    private LoadProbe() {}

    public static void main(String[] arguments) {
        print(PanamaBackend::load);
        print(JavacppBackend::load);
    }

    private static void print(Loader loader) {
        try {
            Backend backend = loader.load();
            System.out.println(backend.name() + " runs " + backend.isa());
        } catch (BackendUnavailableException refused) {
            System.out.println("refused: " + refused.getMessage());
        }
    }

    @FunctionalInterface
    private interface Loader {
        Backend load() throws BackendUnavailableException;
    }
}
