package dev.basin.samples;

import dev.basin.Basin;
import dev.basin.Candidate;
import java.io.PrintStream;
import java.util.function.Supplier;

/** Runs a sample, or says in one sentence why it cannot be run here. */
public final class SampleRun {
    /** The exit code where there is no device, or the other library cannot be loaded; that of a failed sample is 1. */
    public static final int NOTHING_TO_RUN_ON = 3;

    private SampleRun() {}

    /**
     * Prints what the sample did.
     *
     * @param library whose memory it uses
     * @return the exit code
     */
    public static int of(String library, Supplier<String> sample, PrintStream out) {
        Candidate cuda = Basin.probe().stream().filter(each -> each.backend().equals("cuda")).findFirst().orElseThrow();
        if (!cuda.available()) {
            out.println("The sample of " + library + " was not run: " + cuda.detail() + ".");
            return NOTHING_TO_RUN_ON;
        }
        try {
            out.println(sample.get());
            return 0;
        } catch (LinkageError missing) {
            out.println("The sample of " + library + " was not run: its natives cannot be loaded (" + root(missing).getMessage()
                    + "); -Dbasin.samples.natives takes them along.");
            return NOTHING_TO_RUN_ON;
        }
    }

    /** JavaCPP's own error tells only where it looked; below it is what the system's loader missed. */
    private static Throwable root(Throwable error) {
        Throwable cause = error.getCause();
        return cause == null ? error : root(cause);
    }
}
