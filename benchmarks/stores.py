"""What the file store keeps when its processes are killed, read along and crowd (RELIABILITY.md 3: B1-B3, B5, B6).

python benchmarks/stores.py [--quick]
"""

import os
import sys
import time

import store_contention
import store_kills
import store_reads


def main(*, quick: bool) -> bool:
    began = time.monotonic()
    kills = store_kills.main(300 if quick else 10_000)
    print(
        f"B1 {kills['kills']} killed saves: {kills['unreadable']} unreadable, "
        f"{kills['acknowledged_lost']} acknowledged lost; {kills['torn']} torn of {kills['reads']} reads meanwhile"
    )
    print(f"B3 temp files: {kills['left_by_kills']} left by the kills, {kills['left_after_open']} after the next open")
    reads = store_reads.main(20_000 if quick else 1_000_000)
    print(f"B2 {reads['reads']} reads while {reads['saves_seen']} saves were seen: {reads['torn']} torn")
    crowd = store_contention.main(32, 50, 2 if quick else 100)
    print(f"B5 {crowd['acknowledged']} writes by 32 processes: {crowd['acknowledged_lost']} acknowledged lost")
    print(
        f"B6 wait for the lock: p50 {crowd['wait_p50_ms']} ms, p99 {crowd['wait_p99_ms']} ms, {crowd['starved']} gave "
        f"up; held for p50 {crowd['hold_p50_ms']} ms, p99 {crowd['hold_p99_ms']} ms"
    )
    throng = store_contention.main(64, 50, 1 if quick else 10)
    print(f"F19 64 processes: wait for the lock p99 {throng['wait_p99_ms']} ms, {throng['starved']} gave up")
    print(f"in {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    damage = ("unreadable", "acknowledged_lost", "left_after_open", "torn", "starved")
    return not any(figures.get(name) for figures in (kills, reads, crowd, throng) for name in damage)


if __name__ == "__main__":
    sys.exit(not main(quick="--quick" in sys.argv[1:]))
