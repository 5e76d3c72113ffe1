package dev.basin.spec;

import java.util.List;
import java.util.Optional;

/** Every spec. */
public final class Specs {
    private static final List<Spec> ALL = List.of(
            CrossEntropySpec.SPEC,
            SoftCrossEntropySpec.SPEC,
            LogSoftmaxCrossEntropySpec.SPEC,
            FocalCrossEntropySpec.SPEC,
            CompSumSpec.SPEC,
            SmoothAdversarialCompSumSpec.SPEC,
            AdamWSpec.SPEC,
            LionSpec.SPEC,
            LionKSpecs.STEP,
            LionKSpecs.FUNCTIONS,
            SgdSpec.SPEC,
            AdafactorSpec.SPEC,
            FrugalSpecs.MASKED,
            FrugalSpecs.LOW_RANK,
            LionMasterSpec.SPEC,
            RoundingSpec.SPEC,
            GlobalNormClipSpec.SPEC,
            SamPerturbSpec.SPEC,
            SamStepSpec.SPEC,
            KMeansSpec.SPEC,
            UsefulSpec.SPEC,
            NormSpecs.LAYER_NORM,
            NormSpecs.RMS_NORM,
            NormSpecs.CRMS_NORM,
            NormSpecs.ADD_LAYER_NORM,
            NormSpecs.ADD_RMS_NORM,
            NormSpecs.ADD_CRMS_NORM,
            ZeroMeanSpecs.RECENTER,
            ZeroMeanSpecs.EXPAND,
            ZeroMeanLinearSpec.SPEC,
            ConvertNormLinearSpec.SPEC,
            ConvertResidualLinearSpec.SPEC,
            SafLossSpec.SPEC,
            LogitRingSpec.SPEC,
            EmaUpdateSpec.SPEC,
            ZLossSpec.SPEC,
            SphericalLossSpec.SPEC,
            FactoredOutputSpec.SPEC,
            HierarchicalSoftmaxSpec.SPEC,
            LdrKlSpec.SPEC,
            AldrKlSpec.SPEC,
            SvmLossSpec.SPEC,
            DcoSpec.SPEC,
            DcoTokensSpec.SPEC,
            DcoStepwiseSpec.SPEC,
            PassAtNSpec.SPEC,
            DcoCountWeightsSpec.SPEC,
            EnsLossSpec.SPEC,
            BoxCoxInverseSpec.SPEC,
            FixedMarginLossSpec.SPEC,
            CorrectnessAwareSpec.SPEC,
            TemperatureCeSpec.SPEC,
            CalibrationErrorSpec.SPEC,
            TopFeaturesSpec.SPEC,
            VerbalizerSpecs.CLASSES,
            VerbalizerSpecs.POSITIONS,
            VerbalizerSpecs.HIDDEN,
            OverlapSpecs.DICE,
            OverlapSpecs.TVERSKY,
            UtilityToProbabilitySpec.SPEC,
            RationalityNllSpec.SPEC,
            FitRationalitySpec.SPEC,
            SampledUtilitySpec.SPEC,
            SequenceUtilitySpec.SPEC,
            ExpectedUtilityDecisionSpec.SPEC,
            GruSpecs.CELL,
            GruSpecs.SEQUENCE,
            SvmOutputLayerSpec.SPEC,
            NaiveBayesStatisticsSpec.SPEC,
            NaiveBayesMergeSpec.SPEC,
            NaiveBayesPredictSpec.SPEC,
            LogisticRegressionSpec.SPEC,
            WeightCompanderSpecs.COMPANDER,
            WeightCompanderSpecs.INVERSE,
            LinearSpecs.LOGISTIC,
            LinearSpecs.NORMALIZED,
            LinearSpecs.BATCH,
            LinearSpecs.NORMALIZED_BATCH,
            LinearSpecs.CLASSICAL,
            ErrorFeedbackSpecs.TOP_K,
            ErrorFeedbackSpecs.ROUND,
            ErrorFeedbackSpecs.QUADRATIC,
            ErrorFeedbackSpecs.STEP_SIZE,
            ProjectedGradientSpec.SPEC);

    private Specs() {}

    public static List<Spec> all() {
        return ALL;
    }

    public static Optional<Spec> named(String name) {
        return ALL.stream().filter(spec -> spec.name().equals(name)).findFirst();
    }
}
