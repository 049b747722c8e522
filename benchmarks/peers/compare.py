"""Runs scikit-learn and XGBoost on the folds that `predictor compare --folds` wrote, and prints one table.

Every model predicts the run energy of rows that it did not see, on the same folds. The peers learn twice: run energy from
the eight published features, and ln average power from EnergyManager's features, times the duration of the run.
"""

import argparse
import csv
import platform
from pathlib import Path

import numpy as np
import sklearn
import xgboost
from sklearn.ensemble import ExtraTreesRegressor, GradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

JOULES_PER_MWH = 3.6


def with_median(model):
    """scikit-learn's trees take no missing values: they get the median of the training rows."""
    return make_pipeline(SimpleImputer(strategy="median"), model)


PEERS = {
    "GBR": lambda: with_median(
        GradientBoostingRegressor(n_estimators=300, max_depth=4, learning_rate=0.05, random_state=0)
    ),
    "ExtraTrees": lambda: with_median(ExtraTreesRegressor(n_estimators=300, random_state=0)),
    "XGBoost": lambda: xgboost.XGBRegressor(n_estimators=400, max_depth=4, learning_rate=0.05, random_state=0, n_jobs=1),
}


class FoldFile:
    """One protocol on one table. An empty field is a missing value."""

    def __init__(self, path):
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
            self.columns = reader.fieldnames
        self.rows = rows
        self.energy = self.column("run_energy_mwh")
        self.duration = self.column("run_duration_s")
        self.log_power = self.column("log_power_w")
        self.folds = self.matrix("fold_").astype(int)
        self.own = self.matrix("predicted_")
        self.published = self.matrix("published_")
        self.features = self.matrix("feature_")

    def column(self, name):
        return np.array([float(row[name]) if row[name] else np.nan for row in self.rows])

    def matrix(self, prefix):
        return np.column_stack([self.column(name) for name in self.columns if name.startswith(prefix)])


def held_out(make, features, targets, folds):
    """Each row's prediction by a model that was fitted on the other folds."""
    predictions = np.empty(len(targets))
    for fold in np.unique(folds):
        held = folds == fold
        predictions[held] = make().fit(features[~held], targets[~held]).predict(features[held])
    return predictions


def predict(file):
    """Run energy in mWh (rows x repeats): the product's model, then each peer, in the order of the table's columns."""
    yield file.own
    repeats = file.folds.T
    for make in PEERS.values():
        yield np.column_stack([held_out(make, file.published, file.energy, folds) for folds in repeats])
    for make in PEERS.values():
        log_power = np.column_stack([held_out(make, file.features, file.log_power, folds) for folds in repeats])
        yield np.exp(log_power) * file.duration[:, None] / JOULES_PER_MWH


def accuracy(true, predicted):
    """MAPE in %, median APE in % and R2, over all repeats."""
    true = np.broadcast_to(true[:, None], predicted.shape)
    error = np.abs(predicted - true)
    relative = 100 * error / true
    r2 = 1 - np.sum(error**2) / np.sum((true - true.mean()) ** 2)
    return f"{relative.mean():.1f} / {np.median(relative):.1f} / {r2:.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folds", type=Path, help="folder with the files of `predictor compare --folds`")
    paths = sorted(parser.parse_args().folds.glob("*.csv"))
    if not paths:
        parser.error("the folder holds no fold file: run `predictor compare --folds` first")

    print(f"Python {platform.python_version()}, scikit-learn {sklearn.__version__}, XGBoost {xgboost.__version__}, NumPy {np.__version__}\n")
    print("MAPE % / median APE % / R2 of run energy. \"energy\": run energy from the published features; \"power\": ln power from")
    print("EnergyManager's features, times the duration.\n")
    columns = ["EnergyManager", *(f"{name}, energy" for name in PEERS), *(f"{name}, power" for name in PEERS)]
    print("| rows |", " | ".join(columns), "|")
    print("|---|" + "---|" * len(columns))
    for path in paths:
        file = FoldFile(path)
        print(f"| {path.stem} ({len(file.rows)}) |", " | ".join(accuracy(file.energy, p) for p in predict(file)), "|", flush=True)


if __name__ == "__main__":
    main()
