#!/usr/bin/python3
"""one_opencv - one_opencv.py FILE.onnx SECONDS: microseconds of one image (median) by OpenCV's dnn on one thread."""
import json
import statistics
import sys
import time

import cv2
import numpy


def main():
    cv2.setNumThreads(1)
    net, image = cv2.dnn.readNetFromONNX(sys.argv[1]), numpy.random.rand(1, 1, 28, 28).astype(numpy.float32)

    def read():
        net.setInput(image)
        net.forward()

    for _ in range(200):
        read()
    took, end = [], time.perf_counter() + float(sys.argv[2])
    while time.perf_counter() < end:
        began = time.perf_counter()
        read()
        took.append(time.perf_counter() - began)
    print(json.dumps({"us": 1e6 * statistics.median(took)}))


if __name__ == "__main__":
    main()
