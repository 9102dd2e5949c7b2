"""Hashes of every data variable that smt-mpi writes, to show that a change leaves results as they are, bit for bit.

    pip install numpy netCDF4
    maps.py BINARY --record FOLDER [--ranks 1,2,3,5] [--work FOLDER] --write HASHES     before the change
    maps.py BINARY --record FOLDER [--ranks 1,2,3,5] [--work FOLDER] --check HASHES     after it

FOLDER is that of a GLDAS-Noah record with `soilmoisture_4layer` and `energy_fluxes` in it; without --record the ensemble
alone is computed. Hashes are made at the first number of ranks, and checked at all of them.
"""
import argparse
import hashlib
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import netCDF4

parser = argparse.ArgumentParser()
parser.add_argument("binary")
parser.add_argument("--record")
parser.add_argument("--ranks", default="1")
parser.add_argument("--work")
parser.add_argument("--only", default="")
parser.add_argument("--write")
parser.add_argument("--check")
arguments = parser.parse_args()
work = Path(arguments.work or tempfile.mkdtemp())
work.mkdir(parents=True, exist_ok=True)

ensembles = {
    "member": "--rows 10 --columns 15 --months 24 --noise 1",
    "layers": "--rows 6 --columns 9 --months 12 --levsoi --files month --members 12",
    "classic": "--rows 6 --columns 9 --months 12 --format cdf5 --files variable --members 12",
    "chunks": "--rows 12 --columns 10 --months 12 --chunks 6,4,5 --curve line",
}
source = "threshold --members REF,EXP_01..EXP_85 --response '{e}/{{member}}.nc:GPP' --moisture '{e}/{{member}}.nc:SM'"
season = " --season '{e}/season.nc:start_month,end_month'"
ensemble = (source + season).format(e=work / "member")
cases = {
    "default": ensemble,
    "no-season": source.format(e=work / "member"),
    "fast": ensemble + " --preset fast",
    "uncertainty": ensemble + " --uncertainty",
    "paper": ensemble + " --preset paper --epochs 60",
    "paper-bootstrap": ensemble + " --preset paper --epochs 20 --bootstrap 18",
    "published-rule": ensemble + " --published-rule",
    "gauss-newton": ensemble + " --optimizer gauss-newton --epochs 20 --networks 2",
    "tanh": ensemble + " --activation tanh --networks 1",
    "gelu": ensemble + " --activation gelu --networks 1 --epochs 30 --derivative raw",
    "time": ensemble + " --time 2004-03/2005-02 --bbox -180,-60,60,60 --networks 1",
    "chunks": source.format(e=work / "chunks") + season.format(e=work / "chunks"),
    "layers": "threshold --members REF,EXP_01..EXP_12 --response '{e}/{{member}}/lnd/hist/{{member}}.clm2.h0.*.nc:GPP' "
    "--moisture '{e}/{{member}}/lnd/hist/{{member}}.clm2.h0.*.nc:H2OSOI' --depth 0-3 --networks 2".format(
        e=work / "layers"),
    "classic": "threshold --members REF,EXP_01..EXP_12 "
    "--response '{e}/{{member}}/lnd/proc/tseries/month_1/*.GPP.*.nc:GPP' "
    "--moisture '{e}/{{member}}/lnd/proc/tseries/month_1/*.SM.*.nc:SM' --networks 2".format(e=work / "classic"),
}
models = ["plateau", "spline", "logistic", "exponential", "quadratic"]
for model in models:
    cases[model] = ensemble + f" --model {model}"
    cases[model + "-bootstrap"] = ensemble + f" --model {model} --bootstrap 6"
if arguments.record:
    moisture = arguments.record + "/soilmoisture_4layer/*.nc4:"
    layers = "SoilMoi0_10cm_inst,SoilMoi10_40cm_inst,SoilMoi40_100cm_inst,SoilMoi100_200cm_inst"
    flux = arguments.record + "/energy_fluxes/*.nc4:"
    observed = (f"threshold --response '{flux}Qle_tavg' --fraction-with '{flux}Qh_tavg' "
                f"--moisture '{moisture}SoilMoi0_10cm_inst+SoilMoi10_40cm_inst' --bbox 112,-40,130,-22")
    attribute = f"attribute --moisture '{moisture}{layers}'"
    trend = f"trend --source '{moisture}{layers}'"
    cases |= {
        "observed": observed,
        "observed-uncertainty": observed + " --uncertainty --bbox 120,-30,126,-24",
        "observed-paper": observed + " --preset paper --epochs 60 --bbox 120,-30,126,-24",
        "observed-absent": observed + " --time 2013-01/2020-06 --depth 0-0.4 --networks 1",
        "attribute": attribute + " --maximum 99.9,299.9,599.9,999",
        "attribute-climatology": attribute + " --ranking climatology --minimum-years 5",
        "attribute-periods": attribute + " --period 2012-2016 --period 2017-2022 --minimum-years 4",
        "attribute-split": attribute + " --period 2012-2016 --period 2017-2022 --minimum-years 4 --split",
        "attribute-groups": attribute + " --group-layers 1,1,2 --seasons 3 --depth 0-2",
        "attribute-gaps": attribute.replace("*.nc4", "*[0-8].0*.nc4").replace("attribute ", "attribute --allow-gaps "),
        "trend": trend,
        "trend-sum": trend + " --statistic sum --months 12-2 --maximum 500",
        "trend-periods": trend + " --period 2012-2016 --period 2017-2022 --minimum-years 4 --correction hamed-rao",
        "trend-summer": f"trend --source '{flux}Qle_tavg' --months 6-8 --correction trend-free-pre-whitening",
        "trend-depth": trend + " --depth 0-1 --confidence 0.9 --bbox -20,-35,55,38",
    }
    cases |= {f"observed-{model}": observed + f" --model {model}" for model in models}


def hashes(path):
    with netCDF4.Dataset(path) as file:
        file.set_auto_maskandscale(False)
        return {
            name: hashlib.sha256(str((v.dtype, v.shape)).encode() + v[:].tobytes()).hexdigest()[:16]
            for name, v in file.variables.items()
        }


def run(text, ranks):
    launcher = ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", str(ranks)] if ranks > 1 else []
    outcome = subprocess.run(launcher + [arguments.binary] + shlex.split(text), capture_output=True, text=True)
    if outcome.returncode != 0:
        print(outcome.stderr, file=sys.stderr)
        sys.exit(f"{text}: exit status {outcome.returncode}")


ranks = [int(number) for number in arguments.ranks.split(",")]
known = dict(line.split() for line in Path(arguments.check).read_text().splitlines()) if arguments.check else {}
found, wrong, counted = {}, 0, 0
for name, options in ensembles.items():
    run(f"synthesize {work / name} --overwrite {options}", 1)
    for path in sorted((work / name).rglob("*.nc")):
        found |= {f"synthesize/{path.relative_to(work)}:{key}": value for key, value in hashes(path).items()}
for name, text in cases.items():
    if not any(part in name for part in arguments.only.split(",")):
        continue
    for count in ranks if arguments.check else ranks[:1]:
        run(f"{text} --output {work}/{name}.nc --overwrite --progress 0", count)
        made = {f"{name}:{key}": value for key, value in hashes(f"{work}/{name}.nc").items()}
        found |= made
        if arguments.check:
            differing = [key for key in made if known.get(key, made[key]) != made[key]]
            missing = [key for key in known if key.startswith(name + ":") and key not in made]
            wrong += len(differing) + len(missing)
            counted += len(made)
            print(f"{name} at {count} ranks: " + (", ".join(differing + missing) if differing or missing else "same"), flush=True)
if arguments.write:
    Path(arguments.write).write_text("".join(f"{key} {value}\n" for key, value in found.items()))
if arguments.check:
    differing = [key for key in found if key.startswith("synthesize/") and known.get(key) != found[key]]
    wrong += len(differing)
    print(f"{counted} maps, {wrong} differ" + "".join(f"\n{key}" for key in differing))
    sys.exit(wrong > 0)
