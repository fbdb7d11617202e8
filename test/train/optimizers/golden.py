"""Writes golden.json: what Keras's optimizers make of a weight in ten steps, and what its schedules give.

Run with tensorflow-cpu 2.21 in a virtual environment outside the repository:

    python test/train/optimizers/golden.py
"""

import json
import pathlib

import keras
import tensorflow as tf

START = [1.0, -2.0, 0.5, 3.0]
RATE = 0.05
GRADIENTS = [[0.1 * (step + 1) * sign for sign in (1, -1, 0.5, 0)] for step in range(10)]

optimizers = keras.optimizers
made = {
    "adam": optimizers.Adam(RATE),
    "adamBetas": optimizers.Adam(RATE, beta_1=0.5, beta_2=0.9, epsilon=1e-3),
    "sgd": optimizers.SGD(RATE),
    "momentum": optimizers.SGD(RATE, momentum=0.9),
    "nesterov": optimizers.SGD(RATE, momentum=0.9, nesterov=True),
    "rmsprop": optimizers.RMSprop(RATE),
    "rmspropMomentum": optimizers.RMSprop(RATE, rho=0.8, momentum=0.9, epsilon=1e-3),
    "rmspropCentered": optimizers.RMSprop(RATE, momentum=0.5, centered=True, epsilon=1e-3),
    "accumulated": optimizers.Adam(RATE, gradient_accumulation_steps=3),
}
results = {}
for name, optimizer in made.items():
    weight = tf.Variable(START)
    rows = []
    for gradient in GRADIENTS:
        optimizer.apply_gradients([(tf.constant(gradient), weight)])
        rows.append([float(value) for value in weight.numpy()])
    results[name] = rows

decay = optimizers.schedules
schedules = {
    "exponential": decay.ExponentialDecay(0.1, 20, 0.5),
    "staircase": decay.ExponentialDecay(0.1, 20, 0.5, staircase=True),
    "cosine": decay.CosineDecay(0.1, 20, alpha=0.1),
    "warmup": decay.CosineDecay(0.01, 20, alpha=0.1, warmup_target=0.1, warmup_steps=10),
    "polynomial": decay.PolynomialDecay(0.1, 20, power=2),
    "piecewise": decay.PiecewiseConstantDecay([5, 17], [0.3, 0.2, 0.1]),
}
rates = {name: [float(schedule(step)) for step in range(45)] for name, schedule in schedules.items()}
path = pathlib.Path(__file__).parent / "golden.json"
path.write_text(json.dumps({"start": START, "gradients": GRADIENTS, "weights": results, "schedules": rates}) + "\n")
