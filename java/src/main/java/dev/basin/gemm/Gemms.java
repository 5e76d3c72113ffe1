package dev.basin.gemm;

import dev.basin.BackendException;
import dev.basin.binding.BackendUnavailableException;
import dev.basin.dispatch.Team;

/** Which matrix products there are, and which to use. */
public final class Gemms {
    private Gemms() {}

    /**
     * {@code openblas}, {@code java}, or for {@code auto} OpenBLAS if it can be loaded and native code is wanted.
     *
     * @throws BackendException if the one named cannot be used
     */
    @SuppressWarnings("exports")
    public static Gemm select(String name, boolean nativeWanted, Team team) {
        return switch (name) {
            case "java" -> new JavaGemm(team, "as asked");
            case "openblas" -> openBlas(team);
            case "auto" -> nativeWanted ? automatic(team) : new JavaGemm(team, "like the backend");
            default -> throw new IllegalArgumentException("gemm must be one of auto, openblas, java, got " + name);
        };
    }

    private static Gemm openBlas(Team team) {
        try {
            return new OpenBlasGemm(team);
        } catch (BackendUnavailableException missing) {
            throw new BackendException("gemm openblas cannot be used: " + missing.getMessage(), missing);
        }
    }

    private static Gemm automatic(Team team) {
        try {
            return new OpenBlasGemm(team);
        } catch (BackendUnavailableException missing) {
            return new JavaGemm(team, missing.getMessage());
        }
    }
}
