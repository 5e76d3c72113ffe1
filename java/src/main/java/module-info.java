/** Training kernels for the JVM: losses and optimizers on native and Java backends. */
module dev.basin {
    requires static jdk.incubator.vector;
    requires static org.bytedeco.javacpp;
    requires static transitive org.jspecify;

    exports dev.basin;
    exports dev.basin.distributed;
    exports dev.basin.gemm;
    exports dev.basin.layer;
    exports dev.basin.linear;
    exports dev.basin.loss;
    exports dev.basin.norm;
    exports dev.basin.online;
    exports dev.basin.optim;
    exports dev.basin.sharpness;
    exports dev.basin.spec;
    exports dev.basin.trajectory;
}
