package dev.basin.peers.pytorch;

import dev.basin.peers.Contest;
import dev.basin.peers.PeerTable;
import dev.basin.Basin;
import dev.basin.DataType;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.global.torch;

/** Runs every contest with one thread and with two, and prints a table. */
public final class PyTorchMain {
    private PyTorchMain() {}

    private record Setting(Basin basin, Arena arena) {}

    private static final List<Function<Setting, Contest>> CONTESTS = List.of(
            of -> CrossEntropyContest.of(of.basin(), of.arena(), DataType.F32, 256, 50257),
            of -> CrossEntropyContest.of(of.basin(), of.arena(), DataType.F32, 1024, 1000),
            of -> CrossEntropyContest.of(of.basin(), of.arena(), DataType.BF16, 256, 50257),
            of -> new NormContest(of.basin(), of.arena(), 4096, 1024).layerNormForward(),
            of -> new NormContest(of.basin(), of.arena(), 4096, 1024).rmsNormForward(),
            of -> new NormContest(of.basin(), of.arena(), 4096, 1024).layerNormBackward(),
            of -> new NormContest(of.basin(), of.arena(), 4096, 1024).rmsNormBothWays(),
            of -> new OptimizerContest(of.basin(), of.arena(), 1, 1 << 24).adamW(),
            of -> new OptimizerContest(of.basin(), of.arena(), 1, 1_000_000).adamW(),
            of -> new OptimizerContest(of.basin(), of.arena(), 1000, 1000).adamW(),
            of -> new OptimizerContest(of.basin(), of.arena(), 1, 1 << 24).sgd(),
            of -> new OptimizerContest(of.basin(), of.arena(), 1, 1 << 24).lion());

    /** What {@link PeerTable} takes. */
    public static void main(String[] arguments) {
        PeerTable table = new PeerTable(arguments);
        for (int threads : new int[] {1, 2}) {
            torch.set_num_threads(threads);
            try (Basin basin = Basin.open(Basin.Options.defaults().threads(threads))) {
                for (Function<Setting, Contest> contest : CONTESTS) {
                    try (Arena arena = Arena.ofShared()) {
                        table.add(contest.apply(new Setting(basin, arena)), threads);
                    }
                }
            }
        }
    }
}
