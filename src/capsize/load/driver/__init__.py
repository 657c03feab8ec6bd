"""The load driver: what runs in the child process, and nowhere else.

The kit starts it (``capsize.load.child``) and reads the JSON lines that it writes. Locust and gevent are imported by
``first`` and ``main`` alone; ``meter``, ``pace``, ``reasons`` and ``address`` are plain Python, so that tests and the
kit may import them. Imports in here are relative because the child knows this folder as ``driver``: it imports
nothing of the kit, and so starts in 0.3 s.
"""
