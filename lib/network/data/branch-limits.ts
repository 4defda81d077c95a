/**
 * Branch interfaces that a trunk of each instance type takes, `family: size limit, ...`; 0 where the type takes no trunk.
 * From pkg/aws/vpc/limits.go of amazon-vpc-resource-controller-k8s, Copyright Amazon.com, Inc. or its affiliates, Apache License 2.0
 * (see NOTICE).
 */
export const BRANCH_LIMITS = `
a1: 2xlarge 38, 4xlarge 54, large 9, medium 10, metal 54, xlarge 18
c1: medium 0, xlarge 0
c3: 2xlarge 0, 4xlarge 0, 8xlarge 0, large 0, xlarge 0
c4: 2xlarge 0, 4xlarge 0, 8xlarge 0, large 0, xlarge 0
c5: 12xlarge 54, 18xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 9xlarge 54, large 9, metal 107, xlarge 18
c5a: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, xlarge 18
c5ad: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, xlarge 18
c5d: 12xlarge 54, 18xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 9xlarge 54, large 9, metal 107, xlarge 18
c5n: 18xlarge 107, 2xlarge 38, 4xlarge 54, 9xlarge 54, large 9, metal 107, xlarge 18
c6a: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 107, 48xlarge 107, 4xlarge 54, 8xlarge 84, large 9, metal 107, xlarge 18
c6g: 12xlarge 54, 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal 107, xlarge 18
c6gd: 12xlarge 54, 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal 107, xlarge 18
c6gn: 12xlarge 54, 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 4, xlarge 18
c6i: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 107, 4xlarge 54, 8xlarge 84, large 9, metal 107, xlarge 18
c6id: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 107, 4xlarge 54, 8xlarge 84, large 9, metal 107, xlarge 18
c6in: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 106, 4xlarge 54, 8xlarge 84, large 9, metal 106, xlarge 18
c7a: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 107, 48xlarge 107, 4xlarge 54, 8xlarge 84, large 9, medium 4, metal-48xl 107, xlarge 18
c7g: 12xlarge 54, 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal 107, xlarge 18
c7gd: 12xlarge 54, 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal 107, xlarge 18
c7gn: 12xlarge 54, 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal 107, xlarge 18
c7i: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 48xlarge 107, 4xlarge 54, 8xlarge 84, large 9, metal-24xl 107, metal-48xl 107, xlarge 18
c7i-flex: 12xlarge 114, 16xlarge 107, 2xlarge 18, 4xlarge 34, 8xlarge 54, large 3, xlarge 8
c8a: 12xlarge 110, 16xlarge 106, 24xlarge 106, 2xlarge 38, 48xlarge 98, 4xlarge 54, 8xlarge 82, large 9, medium 4, metal-24xl 106, metal-48xl 98, xlarge 18
c8g: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 48xlarge 107, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal-24xl 107, metal-48xl 107, xlarge 18
c8gb: 12xlarge 50, 16xlarge 106, 24xlarge 98, 2xlarge 38, 48xlarge 98, 4xlarge 54, 8xlarge 52, large 9, medium 4, xlarge 18
c8gd: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 48xlarge 107, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal-24xl 107, metal-48xl 107, xlarge 18
c8gn: 12xlarge 50, 16xlarge 106, 24xlarge 98, 2xlarge 38, 48xlarge 98, 4xlarge 54, 8xlarge 52, large 9, medium 4, xlarge 18
c8i: 12xlarge 110, 16xlarge 106, 24xlarge 106, 2xlarge 38, 32xlarge 98, 48xlarge 98, 4xlarge 54, 8xlarge 82, 96xlarge 98, large 9, metal-48xl 98, metal-96xl 98, xlarge 18
c8i-flex: 12xlarge 110, 16xlarge 106, 2xlarge 18, 4xlarge 34, 8xlarge 52, large 3, xlarge 8
c8id: 12xlarge 110, 16xlarge 106, 24xlarge 106, 2xlarge 38, 32xlarge 98, 48xlarge 98, 4xlarge 54, 8xlarge 82, 96xlarge 98, large 9, metal-48xl 98, metal-96xl 98, xlarge 18
d2: 2xlarge 0, 4xlarge 0, 8xlarge 0, xlarge 0
d3: 2xlarge 92, 4xlarge 118, 8xlarge 119, xlarge 42
d3en: 12xlarge 119, 2xlarge 58, 4xlarge 118, 6xlarge 118, 8xlarge 118, xlarge 24
dl1: 24xlarge 62
dl2q: 24xlarge 107
f1: 16xlarge 0, 2xlarge 0, 4xlarge 0
f2: 12xlarge 114, 48xlarge 107, 6xlarge 84
g4ad: 16xlarge 6, 2xlarge 12, 4xlarge 11, 8xlarge 10, xlarge 12
g4dn: 12xlarge 54, 16xlarge 118, 2xlarge 39, 4xlarge 59, 8xlarge 58, metal 107, xlarge 39
g5: 12xlarge 107, 16xlarge 114, 24xlarge 107, 2xlarge 17, 48xlarge 115, 4xlarge 34, 8xlarge 84, xlarge 4
g5g: 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, metal 107, xlarge 18
g6: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 48xlarge 107, 4xlarge 54, 8xlarge 84, xlarge 18
g6e: 12xlarge 112, 16xlarge 107, 24xlarge 102, 2xlarge 38, 48xlarge 82, 4xlarge 54, 8xlarge 84, xlarge 18
g6f: 2xlarge 38, 4xlarge 54, large 10, xlarge 18
g7e: 12xlarge 120, 24xlarge 120, 2xlarge 120, 48xlarge 120, 4xlarge 120, 8xlarge 120
gr6: 4xlarge 54, 8xlarge 84
gr6f: 4xlarge 54
h1: 16xlarge 0, 2xlarge 0, 4xlarge 0, 8xlarge 0
i2: 2xlarge 0, 4xlarge 0, 8xlarge 0, xlarge 0
i3: 16xlarge 0, 2xlarge 0, 4xlarge 0, 8xlarge 0, large 0, metal 120, xlarge 0
i3en: 12xlarge 54, 24xlarge 107, 2xlarge 28, 3xlarge 38, 6xlarge 54, large 5, metal 107, xlarge 12
i4g: 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, xlarge 18
i4i: 12xlarge 112, 16xlarge 120, 24xlarge 105, 2xlarge 26, 32xlarge 120, 4xlarge 52, 8xlarge 112, large 0, metal 120, xlarge 6
i7i: 12xlarge 84, 16xlarge 107, 24xlarge 107, 2xlarge 38, 48xlarge 107, 4xlarge 54, 8xlarge 84, large 9, metal-24xl 107, metal-48xl 107, xlarge 18
i7ie: 12xlarge 54, 18xlarge 107, 24xlarge 107, 2xlarge 27, 3xlarge 27, 48xlarge 107, 6xlarge 54, large 19, metal-24xl 107, metal-48xl 107, xlarge 27
i8g: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 48xlarge 107, 4xlarge 54, 8xlarge 54, large 9, metal-24xl 107, metal-48xl 107, xlarge 18
i8ge: 12xlarge 50, 18xlarge 106, 24xlarge 106, 2xlarge 27, 3xlarge 25, 48xlarge 98, 6xlarge 52, large 19, metal-24xl 106, metal-48xl 98, xlarge 27
im4gn: 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, xlarge 18
inf1: 24xlarge 111, 2xlarge 38, 6xlarge 54, xlarge 38
inf2: 24xlarge 107, 48xlarge 107, 8xlarge 84, xlarge 18
is4gen: 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 4, xlarge 18
m1: large 0, medium 0, small 0, xlarge 0
m2: 2xlarge 0, 4xlarge 0, xlarge 0
m3: 2xlarge 0, large 0, medium 0, xlarge 0
m4: 10xlarge 0, 16xlarge 0, 2xlarge 0, 4xlarge 0, large 0, xlarge 0
m5: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, metal 120, xlarge 18
m5a: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, xlarge 18
m5ad: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, xlarge 18
m5d: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, metal 107, xlarge 18
m5dn: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, metal 107, xlarge 18
m5n: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, metal 107, xlarge 18
m5zn: 12xlarge 107, 2xlarge 62, 3xlarge 92, 6xlarge 114, large 13, metal 107, xlarge 29
m6a: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 107, 48xlarge 107, 4xlarge 54, 8xlarge 84, large 9, metal 107, xlarge 18
m6g: 12xlarge 54, 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal 107, xlarge 18
m6gd: 12xlarge 54, 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal 107, xlarge 18
m6i: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 107, 4xlarge 54, 8xlarge 84, large 9, metal 107, xlarge 18
m6id: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 107, 4xlarge 54, 8xlarge 84, large 9, metal 107, xlarge 18
m6idn: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 106, 4xlarge 54, 8xlarge 84, large 9, metal 106, xlarge 18
m6in: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 106, 4xlarge 54, 8xlarge 84, large 9, metal 106, xlarge 18
m7a: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 107, 48xlarge 107, 4xlarge 54, 8xlarge 84, large 9, medium 4, metal-48xl 107, xlarge 18
m7g: 12xlarge 54, 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal 107, xlarge 18
m7gd: 12xlarge 54, 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal 107, xlarge 18
m7i: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 48xlarge 107, 4xlarge 54, 8xlarge 84, large 9, metal-24xl 107, metal-48xl 107, xlarge 18
m7i-flex: 12xlarge 114, 16xlarge 107, 2xlarge 18, 4xlarge 34, 8xlarge 54, large 3, xlarge 8
m8a: 12xlarge 110, 16xlarge 106, 24xlarge 106, 2xlarge 38, 48xlarge 98, 4xlarge 54, 8xlarge 82, large 9, medium 4, metal-24xl 106, metal-48xl 98, xlarge 18
m8azn: 12xlarge 106, 24xlarge 106, 3xlarge 34, 6xlarge 54, large 8, medium 3, metal-12xl 106, metal-24xl 106, xlarge 18
m8g: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 48xlarge 107, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal-24xl 107, metal-48xl 107, xlarge 18
m8gb: 12xlarge 50, 16xlarge 106, 24xlarge 98, 2xlarge 38, 48xlarge 98, 4xlarge 54, 8xlarge 52, large 9, medium 4, xlarge 18
m8gd: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 48xlarge 107, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal-24xl 107, metal-48xl 107, xlarge 18
m8gn: 12xlarge 50, 16xlarge 106, 24xlarge 98, 2xlarge 38, 48xlarge 98, 4xlarge 54, 8xlarge 52, large 9, medium 4, xlarge 18
m8i: 12xlarge 110, 16xlarge 106, 24xlarge 106, 2xlarge 38, 32xlarge 98, 48xlarge 98, 4xlarge 54, 8xlarge 82, 96xlarge 98, large 9, metal-48xl 98, metal-96xl 98, xlarge 18
m8i-flex: 12xlarge 110, 16xlarge 106, 2xlarge 18, 4xlarge 34, 8xlarge 52, large 3, xlarge 8
m8id: 12xlarge 110, 16xlarge 106, 24xlarge 106, 2xlarge 38, 32xlarge 98, 48xlarge 98, 4xlarge 54, 8xlarge 82, 96xlarge 98, large 9, metal-48xl 98, metal-96xl 98, xlarge 18
mac-m4: metal 6
mac-m4max: metal 6
mac-m4pro: metal 6
mac1: metal 6
mac2: metal 6
mac2-m1ultra: metal 6
mac2-m2: metal 6
mac2-m2pro: metal 6
p3: 16xlarge 0, 2xlarge 0, 8xlarge 0
p3dn: 24xlarge 107
p4d: 24xlarge 62
p4de: 24xlarge 62
p5: 48xlarge 120, 4xlarge 58
p5e: 48xlarge 120
p5en: 48xlarge 120
p6-b200: 48xlarge 120
p6-b300: 48xlarge 120
r3: 2xlarge 0, 4xlarge 0, 8xlarge 0, large 0, xlarge 0
r4: 16xlarge 0, 2xlarge 0, 4xlarge 0, 8xlarge 0, large 0, xlarge 0
r5: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, metal 120, xlarge 18
r5a: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, xlarge 18
r5ad: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, xlarge 18
r5b: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, metal 107, xlarge 18
r5d: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, metal 107, xlarge 18
r5dn: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, metal 107, xlarge 18
r5n: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, metal 107, xlarge 18
r6a: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 107, 48xlarge 107, 4xlarge 54, 8xlarge 84, large 9, metal 107, xlarge 18
r6g: 12xlarge 54, 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal 107, xlarge 18
r6gd: 12xlarge 54, 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal 107, xlarge 18
r6i: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 107, 4xlarge 54, 8xlarge 84, large 9, metal 107, xlarge 18
r6id: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 107, 4xlarge 54, 8xlarge 84, large 9, metal 107, xlarge 18
r6idn: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 106, 4xlarge 54, 8xlarge 84, large 9, metal 106, xlarge 18
r6in: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 106, 4xlarge 54, 8xlarge 84, large 9, metal 106, xlarge 18
r7a: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 32xlarge 107, 48xlarge 107, 4xlarge 54, 8xlarge 84, large 9, medium 4, metal-48xl 107, xlarge 18
r7g: 12xlarge 54, 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal 107, xlarge 18
r7gd: 12xlarge 54, 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal 107, xlarge 18
r7i: 12xlarge 114, 16xlarge 107, 24xlarge 107, 2xlarge 38, 48xlarge 107, 4xlarge 54, 8xlarge 84, large 9, metal-24xl 107, metal-48xl 107, xlarge 18
r7iz: 12xlarge 114, 16xlarge 107, 2xlarge 38, 32xlarge 107, 4xlarge 54, 8xlarge 84, large 9, metal-16xl 107, metal-32xl 107, xlarge 18
r8a: 12xlarge 110, 16xlarge 106, 24xlarge 106, 2xlarge 38, 48xlarge 98, 4xlarge 54, 8xlarge 82, large 9, medium 4, metal-24xl 106, metal-48xl 98, xlarge 18
r8g: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 48xlarge 107, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal-24xl 107, metal-48xl 107, xlarge 18
r8gb: 12xlarge 50, 16xlarge 106, 24xlarge 98, 2xlarge 38, 48xlarge 98, 4xlarge 54, 8xlarge 52, large 9, medium 4, xlarge 18
r8gd: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 48xlarge 107, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal-24xl 107, metal-48xl 107, xlarge 18
r8gn: 12xlarge 50, 16xlarge 106, 24xlarge 98, 2xlarge 38, 48xlarge 98, 4xlarge 54, 8xlarge 52, large 9, medium 4, xlarge 18
r8i: 12xlarge 110, 16xlarge 106, 24xlarge 106, 2xlarge 38, 32xlarge 98, 48xlarge 98, 4xlarge 54, 8xlarge 82, 96xlarge 98, large 9, metal-48xl 98, metal-96xl 98, xlarge 18
r8i-flex: 12xlarge 110, 16xlarge 106, 2xlarge 18, 4xlarge 34, 8xlarge 52, large 3, xlarge 8
r8id: 12xlarge 110, 16xlarge 106, 24xlarge 106, 2xlarge 38, 32xlarge 98, 48xlarge 98, 4xlarge 54, 8xlarge 82, 96xlarge 98, large 9, metal-48xl 98, metal-96xl 98, xlarge 18
t1: micro 0
t2: 2xlarge 0, large 0, medium 0, micro 0, nano 0, small 0, xlarge 0
t3: 2xlarge 0, large 0, medium 0, micro 0, nano 0, small 0, xlarge 0
t3a: 2xlarge 0, large 0, medium 0, micro 0, nano 0, small 0, xlarge 0
t4g: 2xlarge 0, large 0, medium 0, micro 0, nano 0, small 0, xlarge 0
trn1: 2xlarge 17, 32xlarge 82
trn1n: 32xlarge 120
u-3tb1: 56xlarge 6
u-6tb1: 112xlarge 0, 56xlarge 0
u7i-12tb: 224xlarge 107
u7i-6tb: 112xlarge 107
u7i-8tb: 112xlarge 107
u7in-16tb: 224xlarge 106
u7in-24tb: 224xlarge 106
u7in-32tb: 224xlarge 106
vt1: 24xlarge 107, 3xlarge 38, 6xlarge 54
x1: 16xlarge 0, 32xlarge 0
x1e: 16xlarge 0, 2xlarge 0, 32xlarge 0, 4xlarge 0, 8xlarge 0, xlarge 0
x2gd: 12xlarge 54, 16xlarge 107, 2xlarge 38, 4xlarge 54, 8xlarge 54, large 9, medium 10, metal 107, xlarge 18
x2idn: 16xlarge 107, 24xlarge 107, 32xlarge 107, metal 107
x2iedn: 16xlarge 107, 24xlarge 107, 2xlarge 27, 32xlarge 107, 4xlarge 54, 8xlarge 114, metal 107, xlarge 11
x2iezn: 12xlarge 107, 2xlarge 62, 4xlarge 114, 6xlarge 114, 8xlarge 114, metal 107
x8aedz: 12xlarge 106, 24xlarge 106, 3xlarge 34, 6xlarge 54, large 8, metal-12xl 106, metal-24xl 106, xlarge 18
x8g: 12xlarge 54, 16xlarge 107, 24xlarge 107, 2xlarge 38, 48xlarge 107, 4xlarge 54, 8xlarge 54, large 9, medium 4, metal-24xl 107, metal-48xl 107, xlarge 18
x8i: 12xlarge 110, 16xlarge 106, 24xlarge 106, 2xlarge 38, 32xlarge 98, 48xlarge 98, 4xlarge 54, 64xlarge 98, 8xlarge 82, 96xlarge 98, large 9, metal-48xl 98, metal-96xl 98, xlarge 18
z1d: 12xlarge 107, 2xlarge 58, 3xlarge 54, 6xlarge 54, large 13, metal 107, xlarge 28
`;
