"""Every kind of source keeps the contract; nobody writes tests for that."""

from pathlib import Path

from connectors.kit import source_contract

TestSources = source_contract(Path(__file__).parent / "fixtures")
