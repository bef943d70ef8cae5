# Commands of the project. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PORT ?= 8000
export PORT

.PHONY: help
help: ## 列出全部命令
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## 安装、建库、装入演示数据，并在 127.0.0.1:8000 提供服务（PORT=8001 换端口）
	@exec bin/run.sh

.PHONY: serve
serve: ## 安装、建一个空的库（不装演示数据）并提供服务，数据在 own/（VAR_DIR=别的文件夹 换地方）
	@exec bin/run.sh empty

.PHONY: install
install: ## 建立 .venv 并安装运行和开发所需的全部软件包
	@bin/bootstrap.sh dev

.PHONY: test
test: ## 全部检查：格式、规则、类型、迁移、SQLite 与 PostgreSQL 上的测试、浏览器测试
	@exec bin/test.sh

.PHONY: lint
lint: install ## 只做静态检查
	@exec bin/lint.sh

.PHONY: audit
audit: install ## 发布以前查锁定的软件包有没有已知漏洞（要连得上互联网，所以不在 make test 里）
	@exec bin/audit.sh

.PHONY: fmt
fmt: install ## 统一代码格式，并修正能自动修正的问题
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

.PHONY: bench
bench: ## 量性能：打印各项与标准之比（BENCH="roster tree" 只量几项）
	@exec bin/bench.sh $(BENCH)

.PHONY: shots
shots: ## 用 Chromium 给主要页面拍照，放到 docs/images
	@exec bin/shots.sh

.PHONY: lock
lock: ## 按 pyproject.toml 重写锁定文件（LOCK=--upgrade 取新版本）
	@exec bin/lock.sh $(LOCK)

.PHONY: clean
clean: ## 删除缓存（不动 var/ 里的数据）
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
