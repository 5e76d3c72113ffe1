package dev.basin.demo;

import java.util.ArrayList;
import java.util.List;

/** What a network is trained with. */
public record Recipe(TrainingLoss loss, TrainingOptimizer optimizer) {
    /** Every loss with the default optimizer, every optimizer with the default loss, and {@link #trajectory}. */
    public static List<Recipe> all() {
        List<Recipe> recipes = new ArrayList<>(product(TrainingLoss.ALL, TrainingOptimizer.ALL.subList(0, 1)));
        recipes.addAll(product(TrainingLoss.ALL.subList(0, 1), TrainingOptimizer.ALL));
        recipes.add(trajectory());
        return recipes.stream().distinct().toList();
    }

    /** SAF, which does without SAM's second gradient, with the optimizer that SAM is around. */
    public static Recipe trajectory() {
        return new Recipe(TrainingLoss.named("saf"), TrainingOptimizer.named("sgd"));
    }

    /** Every one of these losses with every one of these optimizers. */
    public static List<Recipe> product(List<TrainingLoss> losses, List<TrainingOptimizer> optimizers) {
        return losses.stream()
                .flatMap(loss -> optimizers.stream().map(optimizer -> new Recipe(loss, optimizer)))
                .toList();
    }

    @Override
    public String toString() {
        return loss.title() + ", " + optimizer.title();
    }
}
