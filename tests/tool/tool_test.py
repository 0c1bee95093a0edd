# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: tool_test.py straitd|ganesha [CLASS or CLASS.test ...]"""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import fixture


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in ("straitd", "ganesha"):
        sys.exit(__doc__)
    with fixture.serve(sys.argv[1]):
        import changing
        import looking
        loader = unittest.defaultTestLoader
        suite = unittest.TestSuite()
        for module in (looking, changing):
            if len(sys.argv) == 2:
                suite.addTests(loader.loadTestsFromModule(module))
            for name in sys.argv[2:]:
                if hasattr(module, name.split(".")[0]):
                    suite.addTests(loader.loadTestsFromName(name, module))
        outcome = unittest.TextTestRunner(verbosity=2).run(suite)
    sys.exit(0 if outcome.wasSuccessful() and outcome.testsRun else 1)


if __name__ == "__main__":
    main()
