"""A small site, the index made from it, and what a reader must find in it."""

import glob
import json
import os
import random
import shutil
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORDS = "集群 调度 网格 存储 监控 升级 镜像 日志 mesh kube operator ingress 全文 搜索 服务 部署".split()
EVERYWHERE = "标记"


class Failure(AssertionError):
    """Something that must hold does not."""


def check(holds, *what):
    if not holds:
        raise Failure(" ".join(str(part)[:600] for part in what))


class Outcome:
    def __init__(self, process, output, errors):
        self.status, self.output, self.errors = process.returncode, output, errors

    def __str__(self):
        return f"exit {self.status}, {self.errors.strip() or self.output.strip()}"


class Site:
    """Pages with a number and a version, both in the title: the set of titles is the state of an index."""

    def __init__(self, program, seed, pages=40, folder=None):
        self.program = program
        self.random = random.Random(seed)
        self.owns = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="search-torture-")
        self.content = os.path.join(self.folder, "content")
        self.index = os.path.join(self.folder, "index")
        os.makedirs(self.content, exist_ok=True)
        self.versions = {}
        self.change(range(pages))

    def close(self):
        if self.owns:
            shutil.rmtree(self.folder, ignore_errors=True)

    # The content

    def change(self, numbers, words=60):
        """Writes the next version of pages."""
        for number in numbers:
            version = self.versions.get(number, 0) + 1
            self.versions[number] = version
            text = " ".join(self.random.choice(WORDS) for _ in range(words))
            with open(self.path(number), "w") as file:
                file.write(f"# 第{number}页 版本{version}\n\n{EVERYWHERE} {text}\n")

    def remove(self, number):
        del self.versions[number]
        os.unlink(self.path(number))

    def edit(self):
        """A few changes, as between two runs."""
        numbers = list(self.versions)
        self.change(self.random.sample(numbers, min(len(numbers), self.random.randint(1, 4))))
        if self.random.random() < 0.3:
            self.change([max(numbers) + 1])
        if self.random.random() < 0.3 and len(numbers) > 30:
            self.remove(self.random.choice(numbers))

    def path(self, number):
        return os.path.join(self.content, f"{number}.md")

    def state(self):
        """What an index of the content holds now."""
        return frozenset(f"第{number}页 版本{version}" for number, version in self.versions.items())

    # The program

    def command(self, name, *arguments):
        return [self.program, name, "--index", self.index, *arguments]

    def start(self, name, *arguments, **options):
        return subprocess.Popen(
            self.command(name, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    def run(self, name, *arguments, timeout=60, prefix=()):
        process = subprocess.Popen(
            [*prefix, *self.command(name, *arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            errors="replace")
        try:
            output, errors = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Failure("hangs:", name, *arguments)
        return Outcome(process, output, errors)

    def update(self, *flags):
        return self.run("index", "--quiet", *flags, self.content)

    def build(self, *flags):
        outcome = self.update(*flags)
        check(outcome.status == 0, "a run without a fault:", outcome)

    def read(self):
        """Number and state of the commit that readers see; (0, None) without an index."""
        outcome = self.run("query", "--limit", "1000", "--json", EVERYWHERE)
        if outcome.status == 66:
            return 0, None
        check(outcome.status in (0, 1), "a query:", outcome)
        return answer(outcome.output)

    def verify(self):
        outcome = self.run("verify")
        check(outcome.status == 0, "verify:", outcome)

    def names(self):
        return sorted(os.listdir(self.index)) if os.path.isdir(self.index) else []

    def size(self):
        total = 0
        for name in self.names():
            try:
                total += os.path.getsize(os.path.join(self.index, name))
            except FileNotFoundError:
                pass  # a writer cleans up
        return total

    def clean_size(self):
        """Bytes of an index of the content, made at once in another folder."""
        other = os.path.join(self.folder, "clean")
        shutil.rmtree(other, ignore_errors=True)
        subprocess.run([self.program, "index", "--quiet", "--index", other, self.content], check=True)
        size = sum(os.path.getsize(path) for path in glob.glob(other + "/*"))
        shutil.rmtree(other)
        return size


def answer(text):
    """Commit and titles of an answer in JSON."""
    found = json.loads(text)
    titles = [hit["title"] for hit in found["hits"]]
    check(len(titles) == len(set(titles)) == found["total"], "each entry once:", found["total"], len(titles))
    return found["commit"], frozenset(titles)
