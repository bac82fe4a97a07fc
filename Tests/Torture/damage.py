"""Bytes that change, files that are cut, zeroed, exchanged, lengthened or gone."""

import json
import os
import shutil

from site_under_test import EVERYWHERE, Site, check


def damaged_files(bench, count):
    """verify finds every change, a query refuses or is right, nothing crashes or hangs"""
    chooser = bench.random
    site, other = Site(bench.program, 3), Site(bench.program, 4, pages=25)
    refused = kinds = 0
    tally = {}
    try:
        for each in (site, other):
            each.build()
            each.change([1, 2, 3])
            each.build()
        state = site.read()
        sound = os.path.join(site.folder, "sound")
        shutil.copytree(site.index, sound)
        names = [name for name in sorted(os.listdir(sound)) if name != "lock"]
        kinds = len(names)
        for number in range(count):
            name = chooser.choice(names)
            how, changed = damage(chooser, sound, other.index, name)
            path = os.path.join(site.index, name)
            if changed is None:
                os.unlink(path)
            else:
                with open(path, "wb") as file:
                    file.write(changed)
            tally[how] = tally.get(how, 0) + 1
            what = f"{how} of {name}, case {number}:"
            verify = site.run("verify", timeout=10)
            expected = (65, 66) if name == "commit" else (65,)
            check(verify.status in expected or how in ("gone", "exchanged") and is_not_kept(site, verify), what, "verify:", verify)
            query = site.run("query", "--json", "--limit", "1000", EVERYWHERE, timeout=10)
            check(query.status in (0, 65, 66), what, "query:", query)
            if query.status == 0:
                check(site.read() == state, what, "a wrong answer")
            else:
                refused += 1
            check(site.run("status", timeout=10).status in (0, 65, 66), what, "status")
            shutil.copyfile(os.path.join(sound, name), path)
            bench.progress(f"{number + 1} of {count} cases")
        site.verify()
    finally:
        site.close()
        other.close()
    ways = ", ".join(f"{number} {how}" for how, number in sorted(tally.items()))
    return f"{count} cases in {kinds} files ({ways}): all found by verify, {refused} queries refused, 0 wrong answers, 0 signals"


def is_not_kept(site, verify):
    """An earlier commit without all its files is not kept any more, and nothing is wrong with the index."""
    return verify.status == 0 and not json.loads(site.run("status", "--json").output)["kept"]


def damage(chooser, sound, other, name):
    with open(os.path.join(sound, name), "rb") as file:
        data = bytearray(file.read())
    how = chooser.choice(["flipped bit"] * 5 + ["other byte", "cut", "zeroed page", "exchanged", "longer", "gone"])
    place = chooser.randrange(len(data))
    if how == "flipped bit":
        data[place] ^= 1 << chooser.randrange(8)
    elif how == "other byte":
        data[place] ^= chooser.randrange(1, 256)
    elif how == "cut":
        del data[place:]
    elif how == "zeroed page":
        start = place // 4096 * 4096
        end = min(start + 4096, len(data))
        if not any(data[start:end]):
            data[start] ^= 1
        else:
            data[start:end] = bytes(end - start)
    elif how == "longer":
        data += bytes(chooser.choice([1, 8, 4096]))
    elif how == "exchanged":
        # A file of the same kind, of another index.
        kind = name.split("-")[0]
        candidates = [each for each in sorted(os.listdir(other)) if each.split("-")[0] == kind and each != "commit" or each == "lock"]
        with open(os.path.join(other, chooser.choice(candidates)), "rb") as file:
            replacement = bytearray(file.read())
        if replacement == data:
            replacement += b"\0"
        data = replacement
    else:
        return how, None
    return how, bytes(data)
