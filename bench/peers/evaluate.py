"""One estimator of another program: evaluate.py PROGRAM CASE FILE
Prints milliseconds of processor (least of some runs), of the clock, and two numbers to compare, as `evaluate` of
crates/atalaya-methods does. One thread: the caller sets OMP_NUM_THREADS and its kin to 1."""
import contextlib, io, sys, time, warnings

warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd

program, case, file = sys.argv[1:4]
data = pd.read_csv(file)


def timed(work, runs, each=1):
    best, answer = (np.inf, np.inf), None
    for _ in range(runs + 1):
        cpu, wall = time.process_time(), time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            answer = work()
        best = min(best, (time.process_time() - cpu, time.perf_counter() - wall))
    a, b = (float(v) for v in answer)
    print(f"{1e3 * best[0] / each:.4f},{1e3 * best[1] / each:.4f},{a!r},{b!r}")


def mlsynth_config():
    return dict(df=data[["State", "Year", "PacksPerCapita", "treated"]], outcome="PacksPerCapita", treat="treated",
                unitid="State", time="Year", display_graphs=False)


def p_of(result):
    found = getattr(getattr(result, "inference", None), "p_value", None)
    return np.nan if found is None else found


if (program, case) == ("mlsynth", "sc-placebos"):
    from mlsynth import VanillaSC

    def work():
        result = VanillaSC({**mlsynth_config(), "inference": "placebo"}).fit()
        return result.att, p_of(result)

    timed(work, 5)
elif (program, case) == ("mlsynth", "sdid-placebos"):
    from mlsynth import SDID

    def work():
        result = SDID(mlsynth_config()).fit()
        return result.att, getattr(result.inference, "standard_error", np.nan)

    timed(work, 3)
elif (program, case) == ("diff-diff", "sdid-placebos"):
    import diff_diff as dd

    data["ever"] = (data.State == "California").astype(int)
    fit = lambda: dd.SyntheticDiD(variance_method="placebo", n_bootstrap=200, seed=1).fit(
        data, outcome="PacksPerCapita", treatment="ever", unit="State", time="Year", post_periods=list(range(1989, 2001)))

    def work():
        result = fit()
        return result.att, result.se

    timed(work, 3)
elif (program, case) == ("diff-diff", "predictor-search"):
    import diff_diff as dd

    data["D"] = ((data.state == "California") & (data.year >= 1989)).astype(int)

    def work():
        result = dd.SyntheticControl(seed=1).fit(
            data, outcome="cigsale", treatment="D", unit="state", time="year",
            predictors=["lnincome", "retprice", "age15to24"], predictor_window=list(range(1980, 1989)),
            special_predictors=[("beer", list(range(1984, 1989)), "mean"), ("cigsale", [1975], "mean"),
                                ("cigsale", [1980], "mean"), ("cigsale", [1988], "mean")])
        return result.att, result.pre_rmspe**2

    timed(work, 1)
elif case == "cs-1000-draws":
    data = data.rename(columns={"first.treat": "first_treat"})
    if program == "diff-diff":
        import diff_diff as dd

        def work():
            result = dd.CallawaySantAnna(n_bootstrap=1000, seed=1).fit(
                data, outcome="lemp", unit="countyreal", time="year", first_treat="first_treat", covariates=["lpop"])
            return result.overall_att, result.overall_se
    else:
        import moderndid as md

        def work():
            result = md.att_gt(data=data, yname="lemp", tname="year", idname="countyreal", gname="first_treat",
                               xformla="~lpop", boot=True, biters=1000, cband=True)
            result = md.aggte(result, type="simple")
            return result.overall_att, result.overall_se

    timed(work, 10)
elif (program, case) == ("diff-diff", "imputation"):
    import diff_diff as dd

    def work():
        result = dd.ImputationDiD().fit(data, outcome="y", unit="unit", time="time", first_treat="g")
        return result.overall_att, result.overall_se

    timed(work, 3)
elif (program, case) == ("pyfixest", "wild-9999"):
    import pyfixest as pf

    model = pf.feols("y~D+x", data, vcov={"CRV1": "state"})

    def work():
        result = model.wildboottest(param="D", reps=9999, seed=1)
        return model.coef()["D"], result["Pr(>|t|)"]

    timed(work, 3)
elif case == "twfe":
    if program == "pyfixest":
        import pyfixest as pf

        work = lambda: pf.feols("y~D+x|unit+time", data, vcov={"CRV1": "unit"})
        first = lambda r: (r.coef().iloc[0], r.se().iloc[0])
    else:
        import fereg

        work = lambda: fereg.feols("y~D+x|unit+time", data, vcov={"CRV1": "unit"}, nthreads=1)
        first = lambda r: (list(r.coef())[0], list(r.se())[0])
    timed(lambda: first(work()), 3)
elif (program, case) == ("statsmodels", "reml"):
    from statsmodels.stats.meta_analysis import combine_effects

    a, b, c, d = (data[k].to_numpy(float) for k in ["tpos", "tneg", "cpos", "cneg"])
    y, v = np.log(a / (a + b)) - np.log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)

    def work():
        # Paule and Mandel: statsmodels has no REML.
        for _ in range(100):
            result = combine_effects(y, v, method_re="iterated")
        return result.mean_effect_re, result.tau2

    timed(work, 5, each=100)
elif (program, case) == ("bsts-causalimpact", "bsts"):
    from causal_impact import CausalImpact

    def work():
        result = CausalImpact(data[["y", "x1"]], [0, 69], [70, 99])
        found = result.summary_stats
        return found["point_effect_mean"], found["ci_upper"] - found["ci_lower"]

    timed(work, 5)
else:
    sys.exit(f"no case {program} {case}")
