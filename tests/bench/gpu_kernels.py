#!/usr/bin/env python3
"""What each kernel of a network takes, from what ncu wrote of one `limpid bench --seconds 0`.

usage: ncu --clock-control none --csv --page raw --metrics gpu__time_duration.sum,dram__bytes.sum \\
         limpid bench --engine cuda --batch 32 --seconds 0 --only held >kernels.csv
       gpu_kernels.py kernels.csv
Prints the kernels of the last whole step of training, in their order, as a table: microseconds,
megabytes moved to and from the GPU's memory, and terabytes a second. A step begins where pictures
are made or stored for the network and ends with the packing of the new weights. One call alone
records no graph: of a graph's kernels those that copy tiles fail when ncu replays them.
"""

import csv
import re
import sys


def short(name):
    name = re.sub(r"\(.*", "", name.replace("void ", "").replace("unnamed>::", ""))
    return name.replace("<Bf16>", "")


def kernels(path):
    with open(path) as file:
        rows = list(csv.reader(line for line in file if line.startswith('"')))
    column = {name: i for i, name in enumerate(rows[0])}
    number = lambda row, name: float(row[column[name]].replace(",", ""))
    for row in rows[2:]:  # the second has the units
        yield (short(row[column["Kernel Name"]]), row[column["Grid Size"]],
               number(row, "gpu__time_duration.sum") / 1e3, number(row, "dram__bytes.sum") / 1e6)


def last_step(all_kernels):
    steps, step = [], []
    for kernel in all_kernels:
        if kernel[0].startswith(("store_channels", "make_pixels")):
            step = []
        step.append(kernel)
        if kernel[0].startswith("pack_all") and any(k[0].startswith("update") for k in step):
            steps.append(step)
    return steps[-1]


def main():
    step = last_step(kernels(sys.argv[1]))
    print("| kernel | grid | us | MB | TB/s |", "|---|---|---|---|---|", sep="\n")
    for name, grid, us, megabytes in step:
        print(f"| {name} | {grid} | {us:.1f} | {megabytes:.1f} | {megabytes / us:.2f} |")
    print(f"| together | | {sum(k[2] for k in step):.1f} | {sum(k[3] for k in step):.1f} | |")


if __name__ == "__main__":
    main()
